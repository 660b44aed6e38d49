namespace Interstice.Cli.Demo;

/// <summary>What a caller was told about one of its calls.</summary>
/// <param name="IsCommitted">Whether it was committed; otherwise the reducer rejected it.</param>
/// <param name="Revision">Last revision of its transaction, when committed.</param>
/// <param name="Value">What the reducer returned, when committed.</param>
internal readonly record struct Acknowledgement(bool IsCommitted, long Revision, ulong Value);
