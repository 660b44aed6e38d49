using System.Runtime.CompilerServices;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

public sealed partial class EventStoreClient
{
    /// <summary>A read of a stream, which begins when it is asked for something, and is enumerated once.</summary>
    public sealed class ReadStreamResult : IAsyncEnumerable<ResolvedEvent>
    {
        private readonly IAsyncEnumerator<ReadResp> _responses;
        private readonly Lazy<Task<ReadResp?>> _first;
        private int _isTaken;

        internal ReadStreamResult(string streamName, ReadMessages messages)
        {
            StreamName = streamName;
            _responses = messages.ReadAsync().GetAsyncEnumerator();
            _first = new Lazy<Task<ReadResp?>>(async () =>
                await _responses.MoveNextAsync().ConfigureAwait(false) ? _responses.Current : null);
        }

        /// <summary>The stream.</summary>
        public string StreamName { get; }

        /// <summary>Where its first event stands, if the server said so.</summary>
        public StreamPosition? FirstStreamPosition { get; private set; }

        /// <summary>Where its last event stands, if the server said so.</summary>
        public StreamPosition? LastStreamPosition { get; private set; }

        /// <summary>Whether it is there.</summary>
        public Task<ReadState> ReadState => StateAsync();

        /// <summary>What was answered.</summary>
        public IAsyncEnumerable<StreamMessage> Messages => MessagesAsync();

        /// <summary>The events.</summary>
        /// <exception cref="StreamNotFoundException">The stream is not there.</exception>
        public async IAsyncEnumerator<ResolvedEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (StreamMessage message in MessagesAsync(cancellationToken).ConfigureAwait(false))
            {
                if (message is StreamMessage.NotFound) throw new StreamNotFoundException(StreamName);
                if (message is StreamMessage.Event { ResolvedEvent: var resolved }) yield return resolved;
            }
        }

        private async Task<ReadState> StateAsync() =>
            (await _first.Value.ConfigureAwait(false))?.ContentCase == ReadResp.ContentOneofCase.StreamNotFound
                ? Client.ReadState.StreamNotFound
                : Client.ReadState.Ok;

        private async IAsyncEnumerable<StreamMessage> MessagesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _isTaken, 1) != 0) throw new InvalidOperationException("Messages may only be enumerated once.");
            try
            {
                ReadResp? response = await _first.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (response?.ContentCase != ReadResp.ContentOneofCase.StreamNotFound) yield return StreamMessage.Ok.Instance;
                while (response is not null)
                {
                    StreamMessage message = ReadMessages.MessageOf(response);
                    if (message is StreamMessage.FirstStreamPosition first) FirstStreamPosition = first.StreamPosition;
                    if (message is StreamMessage.LastStreamPosition last) LastStreamPosition = last.StreamPosition;
                    yield return message;
                    cancellationToken.ThrowIfCancellationRequested();
                    response = await _responses.MoveNextAsync().ConfigureAwait(false) ? _responses.Current : null;
                }
            }
            finally
            {
                if (_first.Value.IsCompleted) await _responses.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>A read of the whole store, which begins when it is enumerated, once.</summary>
    public sealed class ReadAllStreamResult : IAsyncEnumerable<ResolvedEvent>
    {
        private readonly ReadMessages _messages;

        internal ReadAllStreamResult(ReadMessages messages) => _messages = messages;

        /// <summary>Where the store ends, if the server said so.</summary>
        public Position? LastPosition { get; private set; }

        /// <summary>What was answered.</summary>
        public IAsyncEnumerable<StreamMessage> Messages => MessagesAsync();

        /// <summary>The events.</summary>
        public async IAsyncEnumerator<ResolvedEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (StreamMessage message in MessagesAsync(cancellationToken).ConfigureAwait(false))
                if (message is StreamMessage.Event { ResolvedEvent: var resolved }) yield return resolved;
        }

        private async IAsyncEnumerable<StreamMessage> MessagesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return StreamMessage.Ok.Instance;
            await foreach (ReadResp response in _messages.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                StreamMessage message = ReadMessages.MessageOf(response);
                if (message is StreamMessage.LastAllStreamPosition last) LastPosition = last.Position;
                yield return message;
            }
        }
    }

    /// <summary>A subscription, which begins when it is enumerated, once, and ends when it is disposed of.</summary>
    public sealed class StreamSubscriptionResult : IAsyncEnumerable<ResolvedEvent>, IAsyncDisposable, IDisposable
    {
        private readonly ReadMessages _messages;
        private readonly CancellationTokenSource _ending;
        private int _isDisposed;

        internal StreamSubscriptionResult(ReadMessages messages, CancellationTokenSource ending)
        {
            _messages = messages;
            _ending = ending;
        }

        /// <summary>The server's name for it, once it has begun.</summary>
        public string? SubscriptionId { get; private set; }

        /// <summary>What was answered.</summary>
        public IAsyncEnumerable<StreamMessage> Messages => MessagesAsync();

        /// <summary>The events.</summary>
        public async IAsyncEnumerator<ResolvedEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (StreamMessage message in MessagesAsync(cancellationToken).ConfigureAwait(false))
                if (message is StreamMessage.Event { ResolvedEvent: var resolved }) yield return resolved;
        }

        /// <inheritdoc/>
        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
            _ending.Cancel();
            _ending.Dispose();
        }

        private async IAsyncEnumerable<StreamMessage> MessagesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (ReadResp response in _messages.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                StreamMessage message = ReadMessages.MessageOf(response);
                if (message is StreamMessage.SubscriptionConfirmation confirmation) SubscriptionId = confirmation.SubscriptionId;
                yield return message;
            }
        }
    }
}
