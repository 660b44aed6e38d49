using Interstice.Host.Notifications;
using MediatR;

namespace Interstice.Conformance.Tests.Running;

/// <summary>A .NET subscriber: what it was told, a line each, as <c>RowInserted accounts</c>.</summary>
internal sealed class HeardNotifications : INotificationHandler<ModuleNotification>
{
    private readonly Lock _gate = new();
    private readonly List<(string Module, string Line)> _lines = [];

    public Task Handle(ModuleNotification notification, CancellationToken cancellationToken)
    {
        string subject = notification switch
        {
            RowInserted inserted => inserted.Row.Table.Name,
            RowUpdated updated => updated.Row.Table.Name,
            RowDeleted deleted => deleted.Row.Table.Name,
            EventEmitted emitted => emitted.Event,
            TransactionCommitted committed => committed.Call.Reducer,
            ModulePublished published => published.Version.ToString(null, null),
            _ => "",
        };
        lock (_gate) _lines.Add((notification.Module, $"{notification.GetType().Name} {subject}"));
        return Task.CompletedTask;
    }

    /// <summary>What it was told of a module so far.</summary>
    public string[] Of(string module)
    {
        lock (_gate) return [.. _lines.Where(line => line.Module == module).Select(line => line.Line)];
    }
}
