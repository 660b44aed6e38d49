using Interstice.Kernel.Hashing;

namespace Interstice.Kernel.Tables;

/// <summary>What all tables of a module sum up.</summary>
internal sealed class StateTotals
{
    internal StateHash Hash { get; set; }

    internal long DuplicateKeys { get; set; }
}
