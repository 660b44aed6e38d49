using Interstice.Kernel.Events;

namespace Interstice.Host.Replay;

/// <summary>Checks the hash chains and the borders of transactions of all modules, several stretches of the log at a time.</summary>
/// <remarks>Says only that all is right, and where the chains then end. If anything is not, the events have to be read in order, by
/// <see cref="ChainCheck"/>, which says what is wrong.</remarks>
public static class ChainPass
{
    /// <summary>How much of the log is checked in one piece.</summary>
    public const long StretchBytes = 4 << 20;

    // A transaction is one append; what ends later than this behind a stretch is none.
    private const ulong OverhangBytesMax = 256 << 20;

    /// <summary>Reads the whole log.</summary>
    /// <param name="store">The store; read by several threads.</param>
    /// <param name="end">Where to end: between two appends.</param>
    /// <param name="threads">How many stretches are checked at a time, 1 or more.</param>
    /// <param name="wanted">Revisions of modules whose values are to be kept.</param>
    /// <param name="progress">Told how much of the log is done; on any thread, but one after the other.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="stretchBytes">How much of the log is checked in one piece, 1 or more.</param>
    /// <returns>Null when not everything is right.</returns>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public static async Task<ChainPassResult?> RunAsync(
        IEventStore store,
        Position end,
        int threads,
        ILookup<string, Revision> wanted,
        IProgress<long>? progress,
        CancellationToken cancellationToken,
        long stretchBytes = StretchBytes)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stretchBytes, 1);
        ulong length = (ulong)stretchBytes;
        var pieces = new Piece[(int)((end.Commit + length - 1) / length)];
        for (int i = 0; i < pieces.Length; i++)
            pieces[i] = new Piece((ulong)i * length, Math.Min(((ulong)i + 1) * length, end.Commit), wanted);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Lock told = new();
        long done = 0;
        try
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stopping.Token };
            await Parallel.ForEachAsync(pieces, options, async (piece, stop) =>
            {
                if (!await piece.ReadAsync(store, end.Commit, stop).ConfigureAwait(false))
                    await stopping.CancelAsync().ConfigureAwait(false);
                lock (told) progress?.Report(done += piece.Length);
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        return Join(pieces);
    }

    private static ChainPassResult? Join(Piece[] pieces)
    {
        SortedDictionary<string, ChainCheck> chains = new(StringComparer.Ordinal);
        long transactions = 0;
        long commitPoints = 0;
        foreach (Piece piece in pieces)
        {
            foreach ((string module, ChainStretch stretch) in piece.Stretches)
            {
                if (!chains.TryGetValue(module, out ChainCheck? chain))
                    chains[module] = chain = new ChainCheck(stretch.Stream, piece.Wanted[module]);
                if (!chain.TryAdd(stretch)) return null;
                transactions += stretch.Transactions;
                commitPoints += stretch.CommitPoints;
            }
        }

        return new(chains, transactions) { CommitPoints = commitPoints };
    }

    // The links that begin between two positions, of all modules.
    private sealed class Piece(ulong from, ulong to, ILookup<string, Revision> wanted)
    {
        private readonly Dictionary<StreamName, ChainStretch?> _byStream = [];
        private StreamName _lastStream;
        private ChainStretch? _lastStretch;

        public Dictionary<string, ChainStretch> Stretches { get; } = new(StringComparer.Ordinal);

        public ILookup<string, Revision> Wanted => wanted;

        public long Length => (long)(to - from);

        public async Task<bool> ReadAsync(IEventStore store, ulong end, CancellationToken cancellationToken)
        {
            await foreach (ReadOnlyMemory<RecordedEvent> batch in store
                .ReadAllAsync(ReadDirection.Forwards, new Position(from, from), new EventFilter.All(), long.MaxValue, cancellationToken)
                .ConfigureAwait(false))
            {
                if (!Add(batch.Span, end)) break;
            }

            return Stretches.Values.All(stretch => stretch.IsRight && !stretch.IsOpen);
        }

        // False when nothing more is wanted.
        private bool Add(ReadOnlySpan<RecordedEvent> batch, ulong end)
        {
            foreach (ref readonly RecordedEvent recorded in batch)
            {
                ulong at = recorded.Position.Commit;
                bool isBehind = at >= to;
                if (at >= end || (isBehind && (at - to > OverhangBytesMax || !Stretches.Values.Any(open => open.IsOpen)))) return false;
                if (recorded.Type == DeletionKinds.TombstoneType) continue; // the store's own, and the last of its stream
                if (StretchOf(recorded.Stream) is not { } stretch || (isBehind && !stretch.IsOpen)) continue;
                stretch.Add(recorded);
                if (!stretch.IsRight) return false;
            }

            return true;
        }

        private ChainStretch? StretchOf(StreamName stream)
        {
            if (stream == _lastStream) return _lastStretch;
            if (!_byStream.TryGetValue(stream, out ChainStretch? stretch) && StreamNames.ModuleOf(stream) is { } module)
                Stretches[module] = stretch = new ChainStretch(stream, wanted[module].ToHashSet());
            _byStream[stream] = stretch;
            _lastStream = stream;
            return _lastStretch = stretch;
        }
    }
}

/// <summary>What is there when all hash chains and borders are right.</summary>
/// <param name="Chains">The chains, by module.</param>
/// <param name="Transactions">Number of transactions.</param>
public sealed record ChainPassResult(SortedDictionary<string, ChainCheck> Chains, long Transactions)
{
    /// <summary>Number of transactions that begin with a commit point (<see cref="CommitPointCheck"/>).</summary>
    public long CommitPoints { get; init; }
}
