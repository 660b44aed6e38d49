namespace Interstice.Benchmarks.Engine;

/// <summary>Runs of a kernel in one engine during one round.</summary>
/// <param name="Milliseconds">The median of the runs.</param>
/// <param name="Result">What the kernel returned.</param>
internal readonly record struct Run(double Milliseconds, ulong Result);
