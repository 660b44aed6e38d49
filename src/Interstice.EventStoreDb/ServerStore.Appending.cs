using System.Text;
using EventStore.Client;
using Interstice.Kernel.Events;
using Polly;
using EventData = Interstice.Kernel.Events.EventData;
using Position = Interstice.Kernel.Events.Position;

namespace Interstice.EventStoreDb;

internal sealed partial class ServerStore
{
    private const int TypeBytesMax = 255;

    private readonly AppendCompany _company = new();

    /// <inheritdoc/>
    /// <remarks>What is appended is copied, because a client may still hold an append that was given up.</remarks>
    public ValueTask<AppendResult> AppendAsync(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        CancellationToken cancellationToken = default)
    {
        CheckName(stream);
        long bytes = 0;
        foreach (ref readonly EventData data in events.Span)
        {
            CheckType(data.Type);
            bytes += data.Data.Length + data.Metadata.Length;
        }

        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<AppendResult>(cancellationToken);
        if (_failures.IsClosed) return ValueTask.FromException<AppendResult>(StoreFailures.Closed());
        if (bytes > AppendBytesMax) return ValueTask.FromException<AppendResult>(TooLarge(stream, bytes));
        return events.IsEmpty
            ? CheckAsync(stream, expected, cancellationToken)
            : SendAsync(new Append(stream, expected, CopyOf(events.Span, (int)bytes)), cancellationToken);
    }

    /// <summary>Appends events whose memory stays as it is for ever.</summary>
    internal ValueTask<AppendResult> SendAsync(
        StreamName stream, ExpectedRevision expected, EventStore.Client.EventData[] events, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<AppendResult>(cancellationToken);
        return _failures.IsClosed
            ? ValueTask.FromException<AppendResult>(StoreFailures.Closed())
            : SendAsync(new Append(stream, expected, events), cancellationToken);
    }

    /// <summary>The refusal of an append that is too large.</summary>
    internal EventStoreException TooLarge(StreamName stream, long bytes) => new(
        EventStoreErrorKind.TooLarge,
        $"stream {stream}: an append of {bytes} bytes, at most {AppendBytesMax} are sent to {Server}; write less at once, or raise "
            + "MaxAppendSize there and ServerAppendBytesMax here");

    /// <summary>Refuses names of metadata streams.</summary>
    internal static void CheckName(StreamName stream)
    {
        if (SystemStreams.IsMetastream(stream.Value))
            throw new ArgumentException($"\"{stream}\" holds settings; use SetMetadataAsync", nameof(stream));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends, CancellationToken cancellationToken = default)
    {
        if (appends.IsEmpty) return [];
        if (appends.Length > 1) throw new NotSupportedException("EventStoreDB appends to one stream at a time");
        StreamAppend only = appends.Span[0];
        return [await AppendAsync(only.Stream, only.Expected, only.Events, cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>Refuses names of types that no store takes.</summary>
    internal static void CheckType(string type)
    {
        if (string.IsNullOrEmpty(type) || Encoding.UTF8.GetByteCount(type) > TypeBytesMax)
            throw new ArgumentException($"the type of an event has 1 to {TypeBytesMax} bytes of UTF-8");
    }

    private static EventStore.Client.EventData[] CopyOf(ReadOnlySpan<EventData> events, int bytes)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(bytes);
        var copies = new EventStore.Client.EventData[events.Length];
        int used = 0;
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly EventData data = ref events[i];
            Memory<byte> payload = buffer.AsMemory(used, data.Data.Length);
            Memory<byte> metadata = buffer.AsMemory(used + data.Data.Length, data.Metadata.Length);
            data.Data.CopyTo(payload);
            data.Metadata.CopyTo(metadata);
            used += payload.Length + metadata.Length;
            copies[i] = new(Uuid.FromGuid(data.Id), data.Type, payload, metadata, ContentTypes.Of(data.IsJson));
        }

        return copies;
    }

    // Runs on the caller's thread up to the client's queue: that is what keeps the order of appends.
    private async ValueTask<AppendResult> SendAsync(Append append, CancellationToken cancellationToken)
    {
        try
        {
            return await _policies.Appending.ExecuteAsync(
                static (call, stop) => call.Store.SendOnceAsync(call.Append, stop), (Store: this, Append: append), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw _failures.OfAppend(append.Stream, fault);
        }
    }

    private async ValueTask<AppendResult> SendOnceAsync(Append append, CancellationToken stop)
    {
        AppendCompany.Company company = _company.Begin();
        bool? wasAlone = null;
        try
        {
            string name = append.Stream.Value;
            Task<IWriteResult> sending = append.Expected.Exact is { } revision && revision != Revision.None
                ? _client.AppendToStreamAsync(name, StreamRevision.FromInt64(revision.Value), append.Events, cancellationToken: stop)
                : _client.AppendToStreamAsync(name, StateOf(append.Expected), append.Events, cancellationToken: stop);

            // Whether a client that is told to stop does so at once is its own affair; who waits is let go here.
            return ResultOf(append, await sending.WaitAsync(stop).ConfigureAwait(false));
        }
        catch (WrongExpectedVersionException refusal)
        {
            return Unmet(append.Expected, refusal.ActualStreamRevision);
        }
        catch (NotLeaderException refusal) when (!stop.IsCancellationRequested && (wasAlone = _company.End(company)) == true)
        {
            throw _failures.OfRefusedByFollower(append.Stream, refusal);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            throw _failures.OfAppend(append.Stream, fault);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new OperationCanceledException(fault.Message, fault, stop);
        }
        finally
        {
            if (wasAlone is null) _company.End(company);
        }
    }

    private static StreamState StateOf(ExpectedRevision expected) =>
        expected.IsAny ? StreamState.Any : expected.IsStreamExists ? StreamState.StreamExists : StreamState.NoStream;

    private AppendResult ResultOf(Append append, IWriteResult result)
    {
        if (result is WrongExpectedVersionResult wrong) return Unmet(append.Expected, wrong.ActualStreamRevision);
        var revision = new Revision(result.NextExpectedStreamRevision.ToInt64());

        // Nobody may be told that something stands where it does not. A stream that was deleted goes on counting where no stream is expected.
        if (append.Expected.Exact is { } before && before != Revision.None && revision != before + append.Events.Length)
        {
            throw new EventStoreException(
                EventStoreErrorKind.Unknown,
                $"stream {append.Stream}: {Server} says that {append.Events.Length} events behind revision {before} end at revision {revision}; "
                    + "read the stream to know what is there, and check the server");
        }

        return new AppendResult.Appended(revision, new Position(result.LogPosition.CommitPosition, result.LogPosition.PreparePosition));
    }

    private static AppendResult.WrongExpectedRevision Unmet(ExpectedRevision expected, StreamRevision actual) =>
        new(expected, new Revision(actual.ToInt64()));

    private async ValueTask<AppendResult> CheckAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken)
    {
        (Revision revision, Position position) =
            await AskAsync(stop => LastAsync(stream, stop), cancellationToken).ConfigureAwait(false);
        return expected.IsMetBy(revision)
            ? new AppendResult.Appended(revision, position)
            : new AppendResult.WrongExpectedRevision(expected, revision);
    }

    private sealed record Append(StreamName Stream, ExpectedRevision Expected, EventStore.Client.EventData[] Events);
}
