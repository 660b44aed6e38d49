using System.Buffers;
using System.Text;
using Interstice.Host.Inspection;
using Interstice.Kernel.Events;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>Writes the events of the log that are wanted into an answer, as they are read: no more than one batch is held.</summary>
internal sealed class LogStream(HttpContext context, IEventStore store, LogFilter filter, LogPage page, bool isText) : IDisposable
{
    /// <summary>Media type of events for people.</summary>
    public const string Text = "text/plain";

    private readonly EventDecoder _decoder = new(store);
    private readonly JsonBuffer _json = new(isIndented: false);
    private readonly ArrayBufferWriter<byte> _lines = new();
    private EventText? _text;
    private Position? _last;

    /// <summary>Writes what is in the log.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        Position from = filter.From is { } first ? new Position(first, first) : Position.Start;
        if (from > Position.Start)
            _decoder.Learn(await Publication.ReadAllAsync(store, from, cancellationToken).ConfigureAwait(false));
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadAllAsync(ReadDirection.Forwards, from, FilterOfStore(), long.MaxValue, cancellationToken)
            .ConfigureAwait(false))
        {
            if (!await WriteAsync(batch, cancellationToken).ConfigureAwait(false)) return;
        }
    }

    /// <summary>Goes on with what is appended.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (page.IsFull) return;
        await EndAsync().ConfigureAwait(false);
        await foreach (SubscriptionMessage message in store
            .SubscribeToAllAsync(_last, FilterOfStore(), cancellationToken)
            .ConfigureAwait(false))
        {
            if (message is not SubscriptionMessage.Events events) continue;
            if (!await WriteAsync(events.Batch, cancellationToken).ConfigureAwait(false)) return;
        }
    }

    /// <summary>Begins the answer if it is not begun, so that an empty one arrives too.</summary>
    public async Task EndAsync()
    {
        if (!context.Response.HasStarted) Begin();
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    // The store compares beginnings of names only, so a longer name passes too; the filter itself is exact.
    private EventFilter FilterOfStore() => filter.Module is { } module
        ? new EventFilter.StreamPrefix([StreamNames.Module(module).Value])
        : new EventFilter.All();

    private async Task<bool> WriteAsync(ReadOnlyMemory<RecordedEvent> batch, CancellationToken cancellationToken)
    {
        bool goesOn = await DecodeAsync(batch, cancellationToken).ConfigureAwait(false);
        if (_lines.WrittenCount == 0) return goesOn;
        if (!context.Response.HasStarted) Begin();
        await context.Response.Body.WriteAsync(_lines.WrittenMemory, cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
        _lines.ResetWrittenCount();
        return goesOn;
    }

    private async ValueTask<bool> DecodeAsync(ReadOnlyMemory<RecordedEvent> batch, CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            RecordedEvent recorded = batch.Span[i];
            if (page.IsFull || filter.EndsBefore(recorded.Position)) return false;
            _last = recorded.Position;
            if (!filter.MayAccept(recorded))
            {
                await _decoder.PassOverAsync(recorded, cancellationToken).ConfigureAwait(false);
                continue;
            }

            LoggedEvent logged = await _decoder.DecodeAsync(recorded, cancellationToken).ConfigureAwait(false);
            if (filter.Accepts(logged) && page.Takes()) Add(logged);
        }

        return !page.IsFull;
    }

    private void Add(LoggedEvent logged)
    {
        if (isText)
        {
            _text ??= new EventText(line => Encoding.UTF8.GetBytes(line + "\n", _lines), null);
            _text.Write(logged);
            return;
        }

        _lines.Write(_json.Build(json => EventDocument.Write(json, logged)).Span);
        _lines.Write("\n"u8);
    }

    private void Begin()
    {
        context.Response.ContentType = isText ? $"{Text}; charset=utf-8" : JsonAnswer.Lines;
        context.Response.Headers.CacheControl = "no-store";
    }
}
