namespace Interstice.Journal.Repair;

/// <summary>What can happen to a file.</summary>
public enum FileChangeKind
{
    /// <summary>It is written anew.</summary>
    Rewritten,

    /// <summary>It was missing and is made.</summary>
    Created,

    /// <summary>It goes; the backup keeps it.</summary>
    Removed,
}
