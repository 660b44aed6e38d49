namespace Interstice.Kernel.Events;

/// <summary>How a deletion ended when its outcome is known. A failed write throws; see <see cref="IEventStore"/>.</summary>
public abstract record DeleteResult
{
    private DeleteResult()
    {
    }

    /// <summary>The stream is deleted, durably.</summary>
    /// <param name="Position">Position of the deletion.</param>
    public sealed record Deleted(Position Position) : DeleteResult;

    /// <summary>Nothing was written: the stream was not as expected.</summary>
    /// <param name="Expected">What the deletion expected.</param>
    /// <param name="Actual">Revision of the last event, <see cref="Revision.None"/> when there is none.</param>
    public sealed record WrongExpectedRevision(ExpectedRevision Expected, Revision Actual) : DeleteResult;
}
