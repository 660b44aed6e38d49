namespace Interstice.Kernel.Events;

/// <summary>What an append expects of its stream.</summary>
public readonly record struct ExpectedRevision
{
    private const long AnyCode = -2;
    private const long StreamExistsCode = -4;

    private readonly long _code;

    private ExpectedRevision(long code) => _code = code;

    /// <summary>No expectation.</summary>
    public static readonly ExpectedRevision Any = new(AnyCode);

    /// <summary>The stream has no events, or was deleted and not written since.</summary>
    public static readonly ExpectedRevision NoStream = new(Revision.None.Value);

    /// <summary>The stream has at least one event.</summary>
    public static readonly ExpectedRevision StreamExists = new(StreamExistsCode);

    /// <summary>The last event of the stream has exactly this revision; <see cref="Revision.None"/> = no stream.</summary>
    /// <param name="revision">-1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below -1, or <see cref="Revision.End"/>.</exception>
    public static ExpectedRevision At(Revision revision)
    {
        if (revision.Value < -1 || revision == Revision.End)
            throw new ArgumentOutOfRangeException(nameof(revision), revision.Value, "an expected revision is -1 or more");
        return new(revision.Value);
    }

    /// <summary>Whether this is <see cref="Any"/>.</summary>
    public bool IsAny => _code == AnyCode;

    /// <summary>Whether this is <see cref="StreamExists"/>.</summary>
    public bool IsStreamExists => _code == StreamExistsCode;

    /// <summary>The exact revision, or null for <see cref="Any"/> and <see cref="StreamExists"/>.</summary>
    public Revision? Exact => _code >= -1 ? new Revision(_code) : null;

    /// <summary>Whether a stream whose last event has this revision meets the expectation.</summary>
    /// <param name="actual">The last revision, <see cref="Revision.None"/> when there is no event.</param>
    public bool IsMetBy(Revision actual) => _code switch
    {
        AnyCode => true,
        StreamExistsCode => actual != Revision.None,
        _ => actual.Value == _code,
    };

    /// <inheritdoc/>
    public override string ToString() => _code switch
    {
        AnyCode => "any",
        StreamExistsCode => "stream exists",
        -1 => "no stream",
        _ => new Revision(_code).ToString(),
    };
}
