using Interstice.Host.Inspection;
using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>Makes notifications of decoded events.</summary>
internal sealed class NotificationMaker
{
    // Names of the host's own tables begin with it.
    private const char HostMark = '_';

    private readonly List<ModuleNotification> _made = [];

    /// <summary>Forgets what it made last.</summary>
    public void Forget() => _made.Clear();

    /// <summary>What an event is told as: nothing for a void one and for the host's own; behind the last of a transaction that it is
    /// committed.</summary>
    /// <param name="logged">The event; borrowed.</param>
    /// <returns>Valid until the next call.</returns>
    public IReadOnlyList<ModuleNotification> Of(LoggedEvent logged)
    {
        _made.Clear();
        RecordedEvent recorded = logged.Recorded;
        if (logged.Module is not { } module || logged.IsVoid) return _made;
        if (recorded.Type == EventTypes.ModulePublished)
        {
            var published = Kernel.Events.ModulePublished.Read(recorded.Data.Span);
            _made.Add(new ModulePublished(
                module, recorded.Revision, recorded.Position, published.Version, published.Code, published.Publisher));
        }
        else if (logged.Call is { } call)
        {
            if (Change(logged, module, call) is { } change) _made.Add(change);
            if (logged.Index + 1 == call.EventCount)
                _made.Add(new TransactionCommitted(module, recorded.Revision, recorded.Position, call));
        }

        return _made;
    }

    private static ModuleNotification? Change(LoggedEvent logged, string module, TransactionRecord call)
    {
        RecordedEvent recorded = logged.Recorded;
        if (logged.Subject is not { Length: > 0 } subject || subject[0] == HostMark) return null;
        if (recorded.Type == EventTypes.EventEmitted)
        {
            var payload = new PayloadView(logged.Row.ToArray(), logged.Emitted?.Payload, logged.Table?.Row);
            return logged.Emitted is null && logged.Table is null
                ? null
                : new EventEmitted(module, recorded.Revision, recorded.Position, subject, payload, call);
        }

        if (logged.Table is not { } table) return null;
        var row = new RowView(table, logged.Row.ToArray());
        return recorded.Type switch
        {
            EventTypes.RowInserted => new RowInserted(module, recorded.Revision, recorded.Position, row, call),
            EventTypes.RowUpdated => new RowUpdated(
                module, recorded.Revision, recorded.Position, new RowView(table, logged.OldRow.ToArray()), row, call),
            EventTypes.RowDeleted => new RowDeleted(module, recorded.Revision, recorded.Position, row, call),
            _ => null,
        };
    }
}
