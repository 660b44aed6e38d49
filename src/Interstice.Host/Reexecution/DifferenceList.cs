namespace Interstice.Host.Reexecution;

/// <summary>Differences in the order of the log: all are counted, the first ones kept.</summary>
/// <param name="keptMax">How many are kept, 0 or more.</param>
internal sealed class DifferenceList(int keptMax)
{
    private readonly List<EffectDifference> _kept = [];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The first ones.</summary>
    public IReadOnlyList<EffectDifference> Kept => _kept;

    /// <summary>Adds the next one.</summary>
    public void Add(EffectDifference difference)
    {
        Count++;
        if (_kept.Count < keptMax) _kept.Add(difference);
    }
}
