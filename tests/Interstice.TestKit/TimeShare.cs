using System.Diagnostics;
using System.Globalization;

namespace Interstice.TestKit;

/// <summary>The share that a random test has of a run: it goes on until its regular count is reached or its seconds are
/// used up, and says how far it came. A fifth of the regular count is tried however long it takes (at a scale of 1 and above), so that a slow
/// machine neither fails nor goes quiet.</summary>
/// <remarks>INTERSTICE_TEST_SCALE multiplies count and seconds (default 1, fractions allowed); INTERSTICE_TEST_SEED
/// replays a run.</remarks>
public sealed class TimeShare
{
    private readonly string _what;
    private readonly int _regularCount;
    private readonly int _countMax;
    private readonly int _countMin;
    private readonly TimeSpan _timeMax;
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Starts a share.</summary>
    /// <param name="what">What is counted, in the plural.</param>
    /// <param name="regularCount">How many a regular run tries; from 5.</param>
    /// <param name="seconds">Seconds of a run at scale 1.</param>
    public TimeShare(string what, int regularCount, double seconds)
    {
        double scale = Number("INTERSTICE_TEST_SCALE") ?? 1;
        _what = what;
        _regularCount = regularCount;
        _countMax = (int)Math.Max(1, regularCount * scale);
        _countMin = scale < 1 ? 1 : regularCount / 5;
        _timeMax = TimeSpan.FromSeconds(seconds * scale);
        Seed = (int?)Number("INTERSTICE_TEST_SEED") ?? Random.Shared.Next();
        Random = new Random(Seed);
    }

    /// <summary>The seed that replays the run.</summary>
    public int Seed { get; }

    /// <summary>Random numbers from the seed.</summary>
    public Random Random { get; }

    /// <summary>How many have been tried.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is time and count left.</summary>
    public bool HasMore => Count < _countMin || (Count < _countMax && Stopwatch.GetElapsedTime(_started) < _timeMax);

    /// <summary>Notes what has been tried.</summary>
    public void Add(int count) => Count += count;

    /// <summary>Prints count and seed, and fails when the test gave up early.</summary>
    /// <param name="details">What else was counted.</param>
    /// <returns>What it printed.</returns>
    public string End(string details)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} of {_regularCount} {_what} in {Stopwatch.GetElapsedTime(_started).TotalSeconds:F1} s ({details}); replay with INTERSTICE_TEST_SEED={Seed}");
        Xunit.TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.True(Count >= _countMin, $"{text}: fewer than a fifth of the regular count");
        return text;
    }

    private static double? Number(string name) =>
        double.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out double value) ? value : null;
}
