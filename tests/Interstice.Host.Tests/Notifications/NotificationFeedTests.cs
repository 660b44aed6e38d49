using System.Collections.Concurrent;
using Interstice.Host.Commands;
using Interstice.Host.Notifications;
using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModulePublished = Interstice.Host.Notifications.ModulePublished;

namespace Interstice.Host.Tests.Notifications;

/// <summary>Goal: handlers hear of what is durable, once and in the order of the log, and none of them harms the host or another.</summary>
public sealed class NotificationFeedTests
{
    [Fact]
    public async Task A_transaction_is_told_in_the_order_of_the_log_with_typed_rows_and_its_end()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        var heard = new Everything();
        await using NotificationFeed feed = await StartAsync(host, heard);
        await host.PublishAsync("bank");
        await host.CommitAsync("bank", "open_account", "ann", 1_500_000);

        await heard.UntilAsync<TransactionCommitted>(1);
        ModuleNotification[] all = [.. heard.All];
        all.Select(notification => notification.GetType().Name).ShouldBe(
            [nameof(ModulePublished), nameof(RowInserted), nameof(RowInserted), nameof(EventEmitted), nameof(TransactionCommitted)]);
        all.ShouldAllBe(notification => notification.Module == "bank");
        all.Select(notification => notification.Revision).ShouldBe(all.Select(notification => notification.Revision).Order());
        ((ModulePublished)all[0]).Version.ShouldBe(1);
        var account = (RowInserted)all[1];
        account.Row.Table.Name.ShouldBe("accounts");
        account.Row.Get<string>("owner").ShouldBe("ann");
        account.Row.Get<long>("balance").ShouldBe(1_500_000);
        account.Row.ToJson().GetProperty("owner").GetString().ShouldBe("ann");
        (account.Call.Reducer, account.Call.Caller).ShouldBe(("open_account", HostFixture.Tester));
        Should.Throw<ArgumentException>(() => account.Row.Get<string>("ownr")).Message.ShouldContain("did you mean \"owner\"");
        Should.Throw<InvalidCastException>(() => account.Row.Get<int>("balance")).Message.ShouldContain("is i64, read as Int64");
        var emitted = (EventEmitted)all[3];
        (emitted.Event, emitted.Payload.ToJson().ValueKind).ShouldBe(("large_transfer", System.Text.Json.JsonValueKind.Object));
    }

    [Fact]
    public async Task Nothing_is_told_before_it_is_durable_and_nothing_that_was_undone()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        await host.CommitAsync("counter", "add", 1);
        var heard = new Everything();
        await using NotificationFeed feed = await StartAsync(host, heard);
        host.Store.CloseGate();
        host.Store.FailAppend(host.Store.AppendCount, FaultInjectingStore.Fault.RefusedBeforeWrite);
        Task<CallOutcome> undone = host.CallAsync("counter", "add", 2);
        heard.All.ShouldBeEmpty();
        host.Store.OpenGate();
        (await undone).ShouldBeOfType<CallOutcome.Refused>();
        await host.CommitAsync("counter", "add", 3);

        await heard.UntilAsync<TransactionCommitted>(1);
        heard.All.OfType<RowInserted>().Select(inserted => inserted.Row.Get<long>("value")).ShouldBe([3]);
    }

    [Fact]
    public async Task What_happened_before_the_host_began_is_not_told()
    {
        HostFixture first = await HostFixture.StartAsync();
        await first.PublishAsync("counter");
        for (int i = 0; i < 5; i++) await first.CommitAsync("counter", "add", i);
        string directory = await first.StopAsync();

        await using HostFixture host = await HostFixture.StartAsync(directory);
        var heard = new Everything();
        await using NotificationFeed feed = await StartAsync(host, heard);
        await host.CommitAsync("counter", "add", 6);
        await heard.UntilAsync<TransactionCommitted>(1);
        heard.All.OfType<RowInserted>().Single().Row.Get<long>("value").ShouldBe(6);
    }

    [Fact]
    public async Task A_handler_that_throws_or_never_ends_harms_neither_the_host_nor_others()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        var heard = new Everything();
        var failing = new Failing();
        var stuck = new Stuck();
        await using (NotificationFeed feed = await StartAsync(host, heard, failing, stuck))
        {
            await host.PublishAsync("counter");
            for (int i = 0; i < 20; i++) await host.CommitAsync("counter", "add", i);
            await heard.UntilAsync<TransactionCommitted>(20);
            await WaitFor.ConditionAsync(() => failing.Called == 20, "the failing handler to be told of everything");
            await WaitFor.ConditionAsync(() => stuck.Called == 1, "the other one to be told of the first");
        }

        stuck.Called.ShouldBe(1);
    }

    [Fact]
    public async Task A_handler_that_keeps_its_place_hears_of_everything_at_least_once_over_restarts_and_failures()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await host.PublishAsync("counter");
        for (int i = 0; i < 3; i++) await host.CommitAsync("counter", "add", i);
        var kept = new Kept { FailsAt = 2 };
        await using (NotificationFeed feed = await StartAsync(host, kept))
            await WaitFor.ConditionAsync(() => kept.Values.Count >= 3, "the handler to be told of what was there");
        kept.Values.ShouldBe([0, 1, 2]);
        kept.Failed.ShouldBe(1);
        for (int i = 3; i < 6; i++) await host.CommitAsync("counter", "add", i);
        await using (NotificationFeed feed = await StartAsync(host, kept))
            await WaitFor.ConditionAsync(() => kept.Values.Count >= 6, "the handler to be told of the rest");
        kept.Values.Distinct().ShouldBe([0, 1, 2, 3, 4, 5]);
    }

    // There is no store to ask: whoever read one would fail.
    [Fact]
    public async Task Without_handlers_nothing_is_read()
    {
        await using ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        await using var feed = new NotificationFeed(services, null!, TimeProvider.System, NullLogger<NotificationFeed>.Instance);
        await feed.StartAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<NotificationFeed> StartAsync(HostFixture host, params object[] handlers)
    {
        var services = new ServiceCollection();
        foreach (object handler in handlers)
        {
            foreach (Type port in handler.GetType().GetInterfaces())
                if (port.IsGenericType && port.GetGenericTypeDefinition() == typeof(INotificationHandler<>)) services.AddSingleton(port, handler);
        }

        var feed = new NotificationFeed(
            services.BuildServiceProvider(), host.Store, TimeProvider.System, NullLogger<NotificationFeed>.Instance);
        await feed.StartAsync(TestContext.Current.CancellationToken);
        return feed;
    }

    private sealed class Everything : INotificationHandler<ModuleNotification>
    {
        public ConcurrentQueue<ModuleNotification> All { get; } = new();

        public Task Handle(ModuleNotification notification, CancellationToken cancellationToken)
        {
            All.Enqueue(notification);
            return Task.CompletedTask;
        }

        public Task UntilAsync<T>(int count) => WaitFor.ConditionAsync(() => All.OfType<T>().Count() >= count, $"{count} {typeof(T).Name}");
    }

    private sealed class Failing : INotificationHandler<RowInserted>
    {
        private int _called;

        public int Called => Volatile.Read(ref _called);

        public Task Handle(RowInserted notification, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _called);
            throw new InvalidOperationException("as tested");
        }
    }

    private sealed class Stuck : INotificationHandler<RowInserted>
    {
        private int _called;

        public int Called => Volatile.Read(ref _called);

        public Task Handle(RowInserted notification, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _called);
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    private sealed class Kept : INotificationHandler<RowInserted>, IResumesNotifications
    {
        private Position? _position;

        public ConcurrentQueue<long> Values { get; } = new();

        public int FailsAt { get; init; }

        public int Failed { get; private set; }

        public Task Handle(RowInserted notification, CancellationToken cancellationToken)
        {
            long value = notification.Row.Get<long>("value");
            if (value == FailsAt && Failed == 0)
            {
                Failed++;
                throw new InvalidOperationException("as tested");
            }

            Values.Enqueue(value);
            return Task.CompletedTask;
        }

        public ValueTask<Position?> LoadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_position);

        public ValueTask SaveAsync(Position position, CancellationToken cancellationToken)
        {
            _position = position;
            return ValueTask.CompletedTask;
        }
    }
}
