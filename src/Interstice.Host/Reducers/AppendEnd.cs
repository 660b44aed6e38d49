using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>How one append of the pipeline ended: with an answer of the store, or with a fault.</summary>
internal abstract record AppendEnd
{
    private AppendEnd()
    {
    }

    /// <summary>The batch is durable.</summary>
    /// <param name="Result">What the store said.</param>
    public sealed record Durable(AppendResult.Appended Result) : AppendEnd;

    /// <summary>The stream was not as expected; nothing of the batch was written.</summary>
    /// <param name="Result">What the store said.</param>
    public sealed record Refused(AppendResult.WrongExpectedRevision Result) : AppendEnd;

    /// <summary>The store threw.</summary>
    /// <param name="Exception">What it threw; its kind says whether the outcome is known.</param>
    public sealed record Faulted(EventStoreException Exception) : AppendEnd;
}
