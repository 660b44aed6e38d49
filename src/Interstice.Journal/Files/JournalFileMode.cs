namespace Interstice.Journal.Files;

/// <summary>What a file is opened for.</summary>
public enum JournalFileMode
{
    /// <summary>To read what is there.</summary>
    Read,

    /// <summary>To read and write what is there.</summary>
    Write,

    /// <summary>To make it; fails if it is there.</summary>
    Create,
}
