namespace Interstice.Journal.Repair;

/// <summary>What a repair will do.</summary>
/// <param name="Images">Files that are written anew, in log order.</param>
/// <param name="Removed">Files that go.</param>
/// <param name="Report">The same for people.</param>
internal sealed record RepairPlan(IReadOnlyList<FileImage> Images, IReadOnlyList<string> Removed, RepairReport Report);
