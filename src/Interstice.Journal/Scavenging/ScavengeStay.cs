namespace Interstice.Journal.Scavenging;

/// <summary>Why a segment is not written anew.</summary>
public enum ScavengeStay
{
    /// <summary>It is written anew.</summary>
    None,

    /// <summary>Nothing in it is gone, or so little that it stays below the percentage asked for.</summary>
    TooLittle,

    /// <summary>It is written, or the one behind it is.</summary>
    Newest,

    /// <summary>It, or the one behind it, lies in an archive.</summary>
    Archived,
}
