using System.Threading.Channels;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.EventStoreDb;

/// <summary>Streams/BatchAppend: appends as they come, each under a correlation id, answered as they become durable.</summary>
/// <remarks>Appends are begun in the order in which their last chunks arrive, so that a caller may chain them: each expects the
/// revision that the one before it will produce. While the budget is used up nothing is read, and flow control holds the
/// caller; room is given back when an answer was sent, so that a caller who reads no answers is held too.</remarks>
internal sealed partial class BatchAppendCall
{
    private readonly StreamWrites _writes;
    private readonly EndpointOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ServerCall<BatchAppendReq, BatchAppendResp> _call;
    private readonly AppendBudget _budget;
    private readonly Dictionary<Guid, OpenBatch> _open = [];
    private readonly Channel<(BatchAppendResp Answer, long Bytes)> _answers =
        Channel.CreateUnbounded<(BatchAppendResp, long)>(new UnboundedChannelOptions { SingleReader = true });

    private long _openBytes;

    internal BatchAppendCall(
        ServerCall<BatchAppendReq, BatchAppendResp> call, StreamWrites writes, EndpointOptions options, TimeProvider time, ILogger logger)
    {
        _call = call;
        _writes = writes;
        _options = options;
        _time = time;
        _logger = logger;
        _budget = new AppendBudget(options.BatchAppendsMax, options.BatchBytesMax);
    }

    internal async Task AnswerAsync()
    {
        Task sending = SendAsync();
        try
        {
            // A caller may wait for the headers before it sends anything.
            while (await _call.ReadAsync().ConfigureAwait(false) is { } chunk) await TakeAsync(chunk).ConfigureAwait(false);
            if (_open.Count > 0) throw CallFailureException.Invalid("the call ends before the last chunk of an append");
            await _budget.IdleAsync(_call.Ended).ConfigureAwait(false);
        }
        finally
        {
            _answers.Writer.Complete();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await sending.ConfigureAwait(false);
    }

    private async ValueTask TakeAsync(BatchAppendReq chunk)
    {
        Guid id = RequestFields.Id(chunk.CorrelationId);
        bool isOpen = _open.Remove(id, out OpenBatch? batch);
        if (isOpen) _openBytes -= batch!.Bytes;
        else batch = new OpenBatch(chunk, _options, _time);
        batch!.Add(chunk);
        if (!chunk.IsFinal)
        {
            _open.Add(id, batch);
            _openBytes += batch.Bytes;
            if (_open.Count > _options.BatchAppendsMax || _openBytes > Math.Max(_options.BatchBytesMax, _options.AppendBytesMax))
                throw new CallFailureException(GrpcStatusCode.ResourceExhausted, "too many appends wait for their last chunk");
            return;
        }

        await _budget.TakeAsync(batch.Bytes, _call.Ended).ConfigureAwait(false);
        _ = AppendAsync(batch);
    }

    // Runs on the reader's thread up to the store's queue: that is what keeps the order.
    private async Task AppendAsync(OpenBatch batch)
    {
        BatchAppendResp answer;
        try
        {
            if (batch.Failure is not null) throw batch.Failure;
            if (batch.Left <= TimeSpan.Zero)
                throw new CallFailureException(GrpcStatusCode.DeadlineExceeded, "the deadline had passed; nothing was written");
            ValueTask<AppendResult> appending = _writes.AppendAsync(batch.Stream, batch.Expected, batch.ToArray());
            AppendResult result = appending.IsCompletedSuccessfully
                ? appending.Result
                : await appending.AsTask().WaitAsync(batch.Left, _time).ConfigureAwait(false);
            answer = BatchAnswers.Of(batch, result);
        }
        catch (Exception fault)
        {
            answer = BatchAnswers.Of(batch, FailureOf(fault), _options);
        }

        _answers.Writer.TryWrite((answer, batch.Bytes)); // false when nobody waits for it any more
    }

    private CallFailureException FailureOf(Exception fault)
    {
        switch (fault)
        {
            case CallFailureException failure:
                return failure;
            case EventStoreException failure:
                return CallFailureException.Of(failure, _options.AppendBytesMax);
            case TimeoutException:
                return new CallFailureException(GrpcStatusCode.DeadlineExceeded, "the append took too long; it may be written yet");
            case ArgumentException:
                return CallFailureException.Invalid(fault.Message);
            default:
                LogFailed(fault);
                return new CallFailureException(GrpcStatusCode.Unknown, "the server failed; its log says how");
        }
    }

    private async Task SendAsync()
    {
        await _call.FlushAsync().ConfigureAwait(false);
        while (await _answers.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            int appends = 0;
            long bytes = 0;
            while (_answers.Reader.TryRead(out (BatchAppendResp Answer, long Bytes) next))
            {
                await _call.WriteAsync(next.Answer).ConfigureAwait(false);
                appends++;
                bytes += next.Bytes;
            }

            await _call.FlushAsync().ConfigureAwait(false);
            _budget.Return(appends, bytes);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An append failed")]
    private partial void LogFailed(Exception failure);
}
