namespace Interstice.Journal.Repair;

/// <summary>What happens to a file.</summary>
/// <param name="File">Its name.</param>
/// <param name="Kind">What.</param>
public sealed record FileChange(string File, FileChangeKind Kind);
