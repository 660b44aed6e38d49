namespace Interstice.Journal;

/// <summary>Sizes that belong to the format or to every journal alike, in bytes unless named otherwise.</summary>
public static class JournalLimits
{
    /// <summary>Most data and metadata of one event.</summary>
    public const int EventBytesMax = 4 << 20;

    /// <summary>Most data and metadata of all events of one append.</summary>
    public const int AppendBytesMax = 16 << 20;

    /// <summary>Most events of one append.</summary>
    public const int AppendEventsMax = 1 << 18;

    /// <summary>Most streams of one append.</summary>
    public const int AppendStreamsMax = 1 << 12;

    /// <summary>Longest name of an event type, in UTF-8.</summary>
    public const int TypeBytesMax = 255;

    /// <summary>Longest payload of a frame: an append at every limit above, with names and ids.</summary>
    public const int FrameBytesMax = 128 << 20;
}
