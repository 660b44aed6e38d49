namespace Interstice.Journal.Verification;

/// <summary>A segment as the directory names it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Base">Its base position.</param>
/// <param name="Name">Its file.</param>
/// <param name="IsLast">Whether no other follows.</param>
internal readonly record struct SegmentPlace(long Number, ulong Base, string Name, bool IsLast);
