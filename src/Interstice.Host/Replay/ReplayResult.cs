using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Host.Replay;

/// <summary>What a replay gave.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">Last revision applied.</param>
/// <param name="Events">Events applied.</param>
/// <param name="Transactions">Transactions applied.</param>
/// <param name="StateHash">Hash of the state.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ReplayResult(
    string Module,
    Revision Revision,
    long Events,
    long Transactions,
    StateHash StateHash,
    TimeSpan Elapsed);
