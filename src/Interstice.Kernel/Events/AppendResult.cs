namespace Interstice.Kernel.Events;

/// <summary>How an append ended when its outcome is known. A failed write throws; see <see cref="IEventStore"/>.</summary>
public abstract record AppendResult
{
    private AppendResult()
    {
    }

    /// <summary>The events are in the store and durable.</summary>
    /// <param name="Revision">Revision of the last event appended; of the stream's last event for an empty append.</param>
    /// <param name="Position">Position of the last event appended.</param>
    public sealed record Appended(Revision Revision, Position Position) : AppendResult;

    /// <summary>Nothing was written: the stream was not as expected.</summary>
    /// <param name="Expected">What the append expected.</param>
    /// <param name="Actual">Revision of the last event, <see cref="Revision.None"/> when there is none.</param>
    public sealed record WrongExpectedRevision(ExpectedRevision Expected, Revision Actual) : AppendResult;
}
