using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Inspection;

/// <summary>One publication of a module, as the log has it.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">Its revision in the module's stream.</param>
/// <param name="Published">The event.</param>
/// <param name="Schema">The declarations that it holds.</param>
public sealed record Publication(string Module, Revision Revision, ModulePublished Published, ModuleSchema Schema)
{
    /// <summary>Reads all publications of a store, in the order of the log.</summary>
    /// <param name="store">The store.</param>
    /// <param name="before">Only those before this position; null for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<List<Publication>> ReadAllAsync(
        IEventStore store,
        Position? before,
        CancellationToken cancellationToken)
    {
        List<Publication> publications = [];
        var filter = new EventFilter.TypePrefix([EventTypes.ModulePublished]);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadAllAsync(ReadDirection.Forwards, Position.Start, filter, long.MaxValue, cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (RecordedEvent recorded in batch.Span)
            {
                if (before is { } end && recorded.Position >= end) return publications;
                if (TryRead(recorded) is { } publication) publications.Add(publication);
            }
        }

        return publications;
    }

    /// <summary>Reads an event, or gives null when it is no publication of a module.</summary>
    public static Publication? TryRead(in RecordedEvent recorded)
    {
        if (recorded.Type != EventTypes.ModulePublished) return null;
        if (StreamNames.ModuleOf(recorded.Stream) is not { } module) return null;
        ModulePublished published = ModulePublished.Read(recorded.Data.Span);
        if (!published.Effects.IsEmpty) published = published with { Effects = [] }; // many are kept, and nobody asks for rows here
        return new(module, recorded.Revision, published, ModuleSchema.Parse(published.Schema.Span));
    }
}
