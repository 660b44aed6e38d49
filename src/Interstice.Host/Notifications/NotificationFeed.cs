using Interstice.Kernel.Events;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Notifications;

/// <summary>Tells the handlers of an application what is durable in the modules' streams (docs/extending.md). Without handlers it does
/// nothing and reads nothing.</summary>
/// <remarks>
/// A handler is any registered <see cref="INotificationHandler{TNotification}"/> of a <see cref="ModuleNotification"/>. Each type of handler
/// has a reader of the log of its own: told in the order of the log, from where the log ended when the host began (or where it says,
/// <see cref="IResumesNotifications"/>), never of what was only replayed. A handler that is slow or throws holds up nobody but itself.
/// </remarks>
/// <param name="services">Where handlers are; each lives as long as the feed.</param>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures are told.</param>
public sealed class NotificationFeed(
    IServiceProvider services, IEventStore store, TimeProvider time, ILogger<NotificationFeed> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _lanes = [];
    private AsyncServiceScope? _scope;

    /// <summary>Begins to tell. Called once, when the host takes calls or before.</summary>
    /// <param name="cancellationToken">Stops the look for the end of the log.</param>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_scope is not null) throw new InvalidOperationException("the notifications are started already");
        AsyncServiceScope scope = services.CreateAsyncScope();
        _scope = scope;
        var handlers = new Dictionary<Type, Dictionary<Type, Func<ModuleNotification, CancellationToken, Task>>>();
        var instances = new Dictionary<Type, object>();
        Collect<ModuleNotification>(scope.ServiceProvider, handlers, instances);
        Collect<RowInserted>(scope.ServiceProvider, handlers, instances);
        Collect<RowUpdated>(scope.ServiceProvider, handlers, instances);
        Collect<RowDeleted>(scope.ServiceProvider, handlers, instances);
        Collect<EventEmitted>(scope.ServiceProvider, handlers, instances);
        Collect<TransactionCommitted>(scope.ServiceProvider, handlers, instances);
        Collect<ModulePublished>(scope.ServiceProvider, handlers, instances);
        if (handlers.Count == 0) return;
        Position? end = await FindEndAsync(cancellationToken).ConfigureAwait(false);
        foreach ((Type type, Dictionary<Type, Func<ModuleNotification, CancellationToken, Task>> byNotification) in handlers)
        {
            var lane = new NotificationLane(
                type.Name,
                (notification, stop) => Find(byNotification, notification)?.Invoke(notification, stop),
                instances[type] as IResumesNotifications,
                store,
                time,
                logger);
            _lanes.Add(Task.Run(() => lane.RunAsync(end, _stopping.Token), CancellationToken.None));
        }
    }

    /// <summary>Ends when every handler has ended what it does now.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_lanes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_scope is { } scope) await scope.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    // A handler of all notifications hears of those that it handles by themselves only once.
    private static Func<ModuleNotification, CancellationToken, Task>? Find(
        Dictionary<Type, Func<ModuleNotification, CancellationToken, Task>> handlers, ModuleNotification notification) =>
        handlers.GetValueOrDefault(notification.GetType()) ?? handlers.GetValueOrDefault(typeof(ModuleNotification));

    private static void Collect<T>(
        IServiceProvider services,
        Dictionary<Type, Dictionary<Type, Func<ModuleNotification, CancellationToken, Task>>> handlers,
        Dictionary<Type, object> instances)
        where T : ModuleNotification
    {
        foreach (INotificationHandler<T> handler in services.GetServices<INotificationHandler<T>>())
        {
            Type type = handler.GetType();
            if (!handlers.TryGetValue(type, out Dictionary<Type, Func<ModuleNotification, CancellationToken, Task>>? known))
                handlers[type] = known = [];

            // Registered for each of its notifications, a handler may have been made for each: one of them is used.
            var used = (INotificationHandler<T>)(instances.TryGetValue(type, out object? made) ? made : instances[type] = handler);
            known[typeof(T)] = (notification, stop) => used.Handle((T)notification, stop);
        }
    }

    private async Task<Position?> FindEndAsync(CancellationToken cancellationToken)
    {
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadAllAsync(ReadDirection.Backwards, Position.End, new EventFilter.All(), 1, cancellationToken)
            .ConfigureAwait(false))
        {
            return batch.Span[0].Position;
        }

        return null;
    }
}
