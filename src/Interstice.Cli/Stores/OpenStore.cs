using Interstice.Cli.Errors;
using Interstice.EventStoreDb;
using Interstice.Host.Snapshots;
using Interstice.Journal;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Stores;

/// <summary>A store that is open, with what belongs to it: the embedded journal, or an event store elsewhere.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private readonly string? _snapshots;
    private readonly Guid _id;

    private OpenStore(IEventStore events, JournalStore? journal, string name, Guid id, string? snapshots)
    {
        Events = events;
        Journal = journal;
        Name = name;
        _id = id;
        _snapshots = snapshots;
    }

    /// <summary>The events, those of modules canonical: also of a journal that a server wrote.</summary>
    public IEventStore Events { get; }

    /// <summary>The embedded journal; null for a store elsewhere.</summary>
    public JournalStore? Journal { get; }

    /// <summary>What it is called in messages: a directory, or an address without credentials.</summary>
    public string Name { get; }

    /// <summary>Its snapshots, for commands that are about them.</summary>
    /// <exception cref="CliException">There is no place for them.</exception>
    public SnapshotStore ExpectSnapshots() => Snapshots ?? throw new CliException(
        ExitCode.Usage,
        $"{Name} is elsewhere, so its snapshots need a folder here; name one with --state DIR or {SnapshotAccess.StateVariable}");

    /// <summary>Where its snapshots are; null when there is no place for them.</summary>
    public SnapshotStore? Snapshots =>
        _snapshots is null ? null : new SnapshotStore(new SnapshotDirectory(new DirectoryFiles(_snapshots)), _id);

    /// <summary>Wraps an embedded journal.</summary>
    /// <param name="session">The session, for its settings.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="directory">Its directory.</param>
    public static OpenStore Of(Session session, JournalStore journal, string directory) =>
        new(new CanonicalStore(journal), journal, directory, journal.StoreId, SnapshotAccess.PlaceOf(session, directory));

    /// <summary>Wraps a store elsewhere. Snapshots lie in the folder of <c>--state</c>, if there is one.</summary>
    /// <param name="session">The session, for its settings.</param>
    /// <param name="events">The store.</param>
    /// <param name="address">Where it is.</param>
    public static OpenStore Of(Session session, IEventStore events, RemoteAddress address) =>
        new(events, null, address.Name, address.Id, SnapshotAccess.PlaceOf(session, null));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Events.DisposeAsync();
}
