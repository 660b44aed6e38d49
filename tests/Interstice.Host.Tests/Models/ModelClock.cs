using Interstice.TestKit;

namespace Interstice.Host.Tests.Models;

/// <summary>The time of a round. Pauses that a host makes pass in quiet periods only, in which no timer can become due, so that what fires
/// when is known.</summary>
internal sealed class ModelClock
{
    /// <summary>Most time that passes in a quiet period.</summary>
    public static readonly TimeSpan QuietMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private TimeSpan _left;

    public ManualTime Time { get; } = new();

    public long NowUs => (Time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>Begins a quiet period.</summary>
    public void BeginQuiet() => _left = QuietMax;

    public void EndQuiet() => _left = TimeSpan.Zero;

    /// <summary>Lets a part of a host's pause go by, if that may be.</summary>
    public void Pause()
    {
        if (_left < Step) return;
        _left -= Step;
        Time.Advance(Step);
    }
}
