using Interstice.Kernel.Events;
using Interstice.TestKit;

namespace Interstice.EventStoreDb.Tests.Faults;

// Goal: whoever connects is told within the time it was given, and leaves no call behind. Method: a server that answers nothing, and a clock
// that is moved by hand.
public sealed class ConnectingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_answers_nothing_is_waited_for_as_long_as_was_said_and_no_longer()
    {
        await using AnsweringServer server = await AnsweringServer.StartHangingAsync();
        var time = new ManualTime();
        Task connecting = ConnectAsync(server, time, new EventStoreDbOptions
        {
            ConnectWait = TimeSpan.FromSeconds(3),
            ReadTimeout = TimeSpan.FromSeconds(10),
        });
        await server.UntilAsync(server => server.CallCount > 0, Cancel);
        time.Advance(TimeSpan.FromSeconds(3));
        EventStoreException failure = await Should.ThrowAsync<EventStoreException>(() => connecting);
        failure.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        failure.Message.ShouldContain("did not answer in time");
        time.GetTimestamp().ShouldBe(TimeSpan.FromSeconds(3).Ticks);
    }

    [Fact]
    public async Task A_try_that_hangs_is_given_up_before_the_next_one()
    {
        await using AnsweringServer server = await AnsweringServer.StartHangingAsync();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task connecting = EventStoreDbStore.ConnectAsync(
            server.ConnectionString,
            new EventStoreDbOptions
            {
                ConnectWait = TimeSpan.FromHours(1),
                ReadTimeout = TimeSpan.FromMilliseconds(50),
                RetryDelay = TimeSpan.FromMilliseconds(1),
                RetryDelayMax = TimeSpan.FromMilliseconds(1),
            },
            cancellationToken: stopping.Token);
        await server.UntilAsync(server => server.CallCount >= 4, Cancel);
        await server.UntilAsync(server => server.AbandonedCount >= 3, Cancel);
        await stopping.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => connecting);
        await server.UntilAsync(server => server.AbandonedCount == server.CallCount, Cancel);
    }

    [Fact]
    public async Task Where_no_wait_is_wanted_there_is_one_try_as_long_as_a_read_may_take()
    {
        await using AnsweringServer server = await AnsweringServer.StartHangingAsync();
        var time = new ManualTime();
        Task connecting = ConnectAsync(server, time, new EventStoreDbOptions
        {
            ConnectWait = TimeSpan.Zero,
            ReadTimeout = TimeSpan.FromSeconds(10),
        });
        await server.UntilAsync(server => server.CallCount > 0, Cancel);
        time.Advance(TimeSpan.FromSeconds(9));
        connecting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<EventStoreException>(() => connecting);
        server.CallCount.ShouldBe(1);
    }

    private static Task<EventStoreDbStore> ConnectAsync(AnsweringServer server, ManualTime time, EventStoreDbOptions options) =>
        EventStoreDbStore.ConnectAsync(server.ConnectionString, options, time: time, cancellationToken: Cancel);
}
