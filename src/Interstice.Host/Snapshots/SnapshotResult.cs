using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Host.Snapshots;

/// <summary>What taking a snapshot gave.</summary>
/// <param name="Name">Its file.</param>
/// <param name="IsNew">Whether it was written now; else there was one of this revision already.</param>
/// <param name="Bytes">Length of the file; 0 if it was there already.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="StateHash">Hash of its state, equal to the one recorded in the log.</param>
/// <param name="Base">Revision of the snapshot that it was built from; <see cref="Revision.None"/> for position zero.</param>
/// <param name="Removed">How many older ones were removed.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Refused">Snapshots that were found not to be usable.</param>
public sealed record SnapshotResult(
    SnapshotName Name,
    bool IsNew,
    long Bytes,
    long Rows,
    StateHash StateHash,
    Revision Base,
    int Removed,
    TimeSpan Elapsed,
    IReadOnlyList<SnapshotRefusal> Refused);
