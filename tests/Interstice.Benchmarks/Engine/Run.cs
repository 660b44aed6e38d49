namespace Interstice.Benchmarks.Engine;

/// <summary>Runs of a kernel in one engine, one after the other.</summary>
/// <param name="Milliseconds">How long each took.</param>
/// <param name="Result">What the kernel returned.</param>
internal sealed record Run(IReadOnlyList<double> Milliseconds, ulong Result);
