namespace Interstice.Journal.Segments;

/// <summary>Why a walk over frames stopped.</summary>
internal enum ScanStop
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>Zeros, or the end of the file, where the next frame would be.</summary>
    End,

    /// <summary>Something that is neither a frame nor zero.</summary>
    Bad,
}
