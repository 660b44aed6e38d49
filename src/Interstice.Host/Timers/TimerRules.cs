namespace Interstice.Host.Timers;

/// <summary>The arithmetic of durable timers (docs/semantics.md, Timers): what a firing stands for, when the next is due, how failures are
/// backed off. Knows no clock.</summary>
internal static class TimerRules
{
    /// <summary>Failed attempts after which a tick is parked.</summary>
    public const uint AttemptsMax = 5;

    /// <summary>Arguments take at most this part of a transaction's bytes: a firing, or a failure that is parked, holds them several times,
    /// and JSON more.</summary>
    public const int ArgumentsInTransaction = 10;

    /// <summary>Shortest interval, in microseconds.</summary>
    public const long IntervalMinUs = 1_000;

    private const long FirstPauseUs = 1_000_000;
    private const int ErrorLengthMax = 1024;

    /// <summary>How many ticks are fired now.</summary>
    /// <param name="timer">Due.</param>
    /// <param name="nowUs">Now.</param>
    public static ulong TicksOf(TimerRow timer, long nowUs) => timer.IntervalUs == 0 || timer.Missed == MissedTicks.Each || nowUs < timer.DueUs
        ? 1
        : 1 + (ulong)(((Int128)nowUs - timer.DueUs) / timer.IntervalUs);

    /// <summary>The timer behind so many ticks, or null where it has none left: it fired once, or its time ends.</summary>
    public static TimerRow? Behind(TimerRow timer, ulong ticks)
    {
        Int128 due = timer.DueUs + ((Int128)ticks * timer.IntervalUs);
        return timer.IntervalUs == 0 || due > long.MaxValue
            ? null
            : timer with { DueUs = (long)due, NextUs = (long)due, Attempts = 0, Error = "" };
    }

    /// <summary>The timer after an attempt that failed and is not the last.</summary>
    public static TimerRow Failed(TimerRow timer, string error, long nowUs)
    {
        long pause = FirstPauseUs << (int)timer.Attempts;
        long next = nowUs > long.MaxValue - pause ? long.MaxValue : nowUs + pause;
        return timer with { Attempts = timer.Attempts + 1, Error = Cut(error), NextUs = next };
    }

    /// <summary>Whether one more failure is the last.</summary>
    public static bool IsLastAttempt(TimerRow timer) => timer.Attempts + 1 >= AttemptsMax;

    /// <summary>What is kept of a tick that is given up.</summary>
    public static ParkedRow Park(TimerRow timer, ulong ticks, string error, long nowUs) => new(
        0, timer.Id, "", -1, Guid.Empty, timer.DueUs, ticks, timer.Attempts + 1, nowUs, timer.Reducer, timer.Arguments, Cut(error));

    /// <summary>A text of bounded length; whole characters.</summary>
    public static string Cut(string error)
    {
        if (error.Length <= ErrorLengthMax) return error;
        int length = char.IsHighSurrogate(error[ErrorLengthMax - 1]) ? ErrorLengthMax - 1 : ErrorLengthMax;
        return error[..length];
    }
}
