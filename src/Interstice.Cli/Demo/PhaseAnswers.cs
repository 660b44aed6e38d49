namespace Interstice.Cli.Demo;

/// <summary>All answers that the callers of one phase were given. Each caller's answers are added by one thread at a
/// time. </summary>
/// <param name="phase">The phase.</param>
/// <param name="callers">Number of callers.</param>
internal sealed class PhaseAnswers(int phase, int callers) : IAcknowledgements
{
    private readonly List<Acknowledgement>[] _answers =
        [.. Enumerable.Range(0, callers).Select(_ => new List<Acknowledgement>())];
    private long _committed;
    private long _rejected;

    /// <summary>The phase.</summary>
    public int Phase => phase;

    /// <summary>Number of callers.</summary>
    public int Callers => callers;

    /// <summary>Calls that were acknowledged as committed.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Calls that were rejected.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>State hashes that the running process saw, by durable revision.</summary>
    public Dictionary<long, UInt128> Checkpoints { get; } = [];

    /// <summary>The answers of one caller; index = number of the call.</summary>
    public IReadOnlyList<Acknowledgement> Of(int caller) => _answers[caller];

    /// <inheritdoc/>
    public void Add(int caller, long number, Acknowledgement answer)
    {
        List<Acknowledgement> answers = _answers[caller];
        if (number != answers.Count)
            throw new InvalidOperationException(
                $"answer {number} of caller {caller} follows answer {answers.Count - 1}");
        answers.Add(answer);
        Interlocked.Increment(ref answer.IsCommitted ? ref _committed : ref _rejected);
    }
}
