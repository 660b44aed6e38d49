namespace Interstice.TestKit.Journals;

/// <summary>What a device does that says it has synced and has not.</summary>
public enum SyncLie
{
    /// <summary>It tells the truth.</summary>
    None,

    /// <summary>It keeps what it should have written for the next sync.</summary>
    Late,

    /// <summary>It never writes it.</summary>
    Lost,
}
