using System.Threading.Channels;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

/// <summary>Appends through one long-lived batch call, many in flight, sent in the order of the calls.</summary>
/// <remarks>When the call ends, every append that was sent and not answered fails with how it ended: its outcome is not known. The
/// next append begins a new call.</remarks>
internal sealed class StreamAppender : IAsyncDisposable
{
    private const int QueueMax = 4096;
    private const int FlushBytes = 64 * 1024;

    private readonly Cluster _cluster;
    private readonly Func<CancellationToken, ValueTask<GrpcCallOptions>> _options;
    private readonly Func<PendingAppend, Cluster.Node, Task> _appendAlone;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<PendingAppend> _queue =
        Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(QueueMax) { SingleReader = true });

    private readonly Task _pump;

    /// <summary>Makes one; nothing is sent yet.</summary>
    /// <param name="cluster">Where to append.</param>
    /// <param name="options">What calls carry.</param>
    /// <param name="appendAlone">Appends in a call of its own, on a server without batches.</param>
    internal StreamAppender(
        Cluster cluster, Func<CancellationToken, ValueTask<GrpcCallOptions>> options, Func<PendingAppend, Cluster.Node, Task> appendAlone)
    {
        _cluster = cluster;
        _options = options;
        _appendAlone = appendAlone;
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Appends. Calls of one thread are sent in their order.</summary>
    internal async Task<IWriteResult> AppendAsync(PendingAppend append, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(append, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(EventStoreClient));
        }

        try
        {
            return await append.Result.Task.WaitAsync(LimitOf(append.Deadline), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException fault)
        {
            throw new GrpcException(GrpcStatusCode.DeadlineExceeded, "the append was not answered in time", innerException: fault);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _closing.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        _closing.Dispose();
    }

    // What a timer takes.
    private static TimeSpan LimitOf(TimeSpan? deadline) => deadline switch
    {
        { } limit when limit <= GrpcTimeout.TimerMax => limit,
        _ => System.Threading.Timeout.InfiniteTimeSpan,
    };

    private async Task PumpAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            try
            {
                Cluster.Node node = await _cluster.GetAsync(_closing.Token).ConfigureAwait(false);
                if (!node.CanBatch && _queue.Reader.TryRead(out PendingAppend? alone)) await _appendAlone(alone, node).ConfigureAwait(false);
                else if (node.CanBatch) await SendAsync(node).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                // No node was found, or this is being closed: nothing of what waits was sent.
                while (_queue.Reader.TryRead(out PendingAppend? waiting)) waiting.Result.TrySetException(failure);
            }
        }
    }

    private async Task SendAsync(Cluster.Node node)
    {
        GrpcCallOptions options = await _options(_closing.Token).ConfigureAwait(false);
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = node.Connection.Start(ProtocolMethods.BatchAppend, options, _closing.Token);
        var inFlight = new InFlightAppends();
        using var ended = new CancellationTokenSource();
        Task<Exception> receiving = ReceiveAsync(call, inFlight, ended);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(ended.Token).ConfigureAwait(false))
            {
                while (call.AddedBytes < FlushBytes && _queue.Reader.TryRead(out PendingAppend? append))
                {
                    inFlight.Add(append);
                    append.WriteTo(call, node.TakesDuration);
                }

                if (!await call.FlushAsync().ConfigureAwait(false)) break;
            }
        }
        catch (OperationCanceledException)
        {
            // The call has ended; how, the other side knows.
        }

        call.CompleteRequests();
        Exception failure = await receiving.ConfigureAwait(false);
        _cluster.Note(node, failure);
        inFlight.FailAll(failure);
    }

    private static async Task<Exception> ReceiveAsync(
        GrpcCall<BatchAppendReq, BatchAppendResp> call, InFlightAppends inFlight, CancellationTokenSource ended)
    {
        try
        {
            while (await call.ReadAsync().ConfigureAwait(false) is { } answer)
                if (inFlight.Take(Uuid.FromDto(answer.CorrelationId)) is { } append) append.Answer(answer);
            return new GrpcException(GrpcStatusCode.Unavailable, "the server ended the batch of appends");
        }
        catch (GrpcException failure)
        {
            return Failures.Of(failure);
        }
        catch (OperationCanceledException failure)
        {
            return failure;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
        }
    }
}
