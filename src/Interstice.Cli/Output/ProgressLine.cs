using System.Diagnostics;
using System.Globalization;

namespace Interstice.Cli.Output;

/// <summary>One line of progress on standard error, with an estimate of what is left; nothing when that is no
/// terminal.</summary>
/// <remarks>Any thread may report; the line is drawn ten times a second at most.</remarks>
internal sealed class ProgressLine
{
    private const int BarLength = 30;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
    private readonly Lock _lock = new();
    private string _title = "";
    private long _started;
    private long _drawn;
    private bool _isOnScreen;

    /// <summary>Begins a piece of work.</summary>
    /// <param name="title">What is done.</param>
    public void Begin(string title)
    {
        lock (_lock)
        {
            _title = title;
            _started = Stopwatch.GetTimestamp();
            _drawn = 0;
        }
    }

    /// <summary>Says how far it is.</summary>
    /// <param name="done">What is done.</param>
    /// <param name="total">What there is; 0 when unknown.</param>
    /// <param name="unit">What is counted.</param>
    public void Report(long done, long total, string unit)
    {
        if (!_isShown) return;
        lock (_lock)
        {
            if (_drawn != 0 && Stopwatch.GetElapsedTime(_drawn) < Interval) return;
            _drawn = Stopwatch.GetTimestamp();
            double seconds = Math.Max(Stopwatch.GetElapsedTime(_started).TotalSeconds, 1e-6);
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{_title} {Bar(done, total)} {done:N0} {unit}, {done / seconds:N0}/s{Left(done, total, seconds)}");
            int width = Math.Max(20, Console.BufferWidth - 1);
            Console.Error.Write("\r" + (line.Length > width ? line[..width] : line) + "\u001b[K");
            _isOnScreen = true;
        }
    }

    /// <summary>Takes the line off the screen.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            if (_isOnScreen) Console.Error.Write("\r\u001b[K");
            _isOnScreen = false;
        }
    }

    private static string Bar(long done, long total)
    {
        if (total <= 0) return "";
        int filled = (int)(BarLength * Math.Clamp((double)done / total, 0, 1));
        return $"[{new string('#', filled)}{new string('.', BarLength - filled)}]";
    }

    private static string Left(long done, long total, double seconds)
    {
        if (total <= 0 || done <= 0 || done >= total) return "";
        double left = seconds / done * (total - done);
        return string.Create(CultureInfo.InvariantCulture, $", {left:N0} s left");
    }
}
