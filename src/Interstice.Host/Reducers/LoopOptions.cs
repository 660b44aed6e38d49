namespace Interstice.Host.Reducers;

/// <summary>Bounds of a module's loop.</summary>
public sealed record LoopOptions
{
    /// <summary>Most calls that may wait for their turn, 1 to 1,000,000; one more is refused with
    /// <see cref="Commands.CallRefusal.QueueFull"/>.</summary>
    public int QueueLengthMax { get; init; } = 65_536;

    /// <summary>How long calls whose outcome is unknown wait for the store to answer before they are told so. Default 5 seconds. The host
    /// goes on asking.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stopping host waits for the store to take what was applied. Default 10 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
