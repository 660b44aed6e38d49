namespace Interstice.Benchmarks.Engine;

/// <summary>Times of calls over the border of one engine.</summary>
/// <param name="InwardNs">A call of the guest by the host, in nanoseconds.</param>
/// <param name="OutwardNs">A call of the host by the guest, in nanoseconds.</param>
internal readonly record struct BorderTimes(double InwardNs, double OutwardNs);
