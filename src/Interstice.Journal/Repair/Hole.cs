namespace Interstice.Journal.Repair;

/// <summary>A stretch of a segment that holds no frame that can be kept.</summary>
internal sealed class Hole(long from, long to)
{
    /// <summary>Where it begins.</summary>
    public long From => from;

    /// <summary>Where it ends; grows while it is walked over.</summary>
    public long To { get; set; } = to;

    /// <summary>Names of streams that lost frames had defined for frames that are kept.</summary>
    public List<string> Streams { get; } = [];

    /// <summary>Names of types that lost frames had defined for frames that are kept.</summary>
    public List<string> Types { get; } = [];
}
