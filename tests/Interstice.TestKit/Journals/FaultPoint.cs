namespace Interstice.TestKit.Journals;

/// <summary>Operations that can fail.</summary>
public enum FaultPoint
{
    /// <summary>Writing bytes.</summary>
    Write,

    /// <summary>Syncing a file or the directory.</summary>
    Sync,

    /// <summary>Making, renaming or removing a file.</summary>
    Name,

    /// <summary>Cutting or extending a file.</summary>
    SetLength,

    /// <summary>Opening a file that is there.</summary>
    Open,

    /// <summary>Reading bytes.</summary>
    Read,
}
