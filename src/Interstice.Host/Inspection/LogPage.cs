namespace Interstice.Host.Inspection;

/// <summary>Which part of a list is wanted.</summary>
/// <param name="skip">How many are left out first.</param>
/// <param name="limit">Most that are taken.</param>
public sealed class LogPage(long skip, long limit)
{
    private long _skipped;
    private long _taken;

    /// <summary>Whether nothing more is wanted.</summary>
    public bool IsFull => _taken >= limit;

    /// <summary>Counts the next item.</summary>
    /// <returns>Whether it is wanted.</returns>
    public bool Takes()
    {
        if (_skipped < skip)
        {
            _skipped++;
            return false;
        }

        if (IsFull) return false;
        _taken++;
        return true;
    }
}
