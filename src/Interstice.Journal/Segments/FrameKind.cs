namespace Interstice.Journal.Segments;

/// <summary>What a frame holds.</summary>
internal enum FrameKind : byte
{
    /// <summary>Zero is what was never written.</summary>
    None = 0,

    /// <summary>The events of one append.</summary>
    Append = 1,

    /// <summary>Nothing but the statement that all before it is durable: written at a clean close and after a recovery.
    /// </summary>
    Marker = 2,

    /// <summary>The last frame of a segment, with what the whole of it must be.</summary>
    Seal = 3,

    /// <summary>A piece of the index of the segment; only directly before the seal.</summary>
    Footer = 4,

    /// <summary>Stands where frames were lost and says nothing of them; only in segments of version 3, which a repair wrote.</summary>
    Hole = 5,
}
