using System.Buffers.Binary;
using System.Diagnostics;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Benchmarks;

/// <summary>The parts of a transfer that the loop does, one after another over the tables of a running bank and on its loop's thread, in
/// batches that are undone again. Nanoseconds a transfer, of the batches that a tenth stays below.</summary>
/// <param name="candidate">The bank's build.</param>
/// <param name="accounts">Accounts, numbered from 1.</param>
internal sealed class CallParts(PublicationCandidate candidate, int accounts) : IDisposable
{
    public const string Run = "guest and host calls: one call of the reducer";
    public const string HostCalls = "of these the reads and writes of the host calls, without the guest";
    public const string Apply = "apply: rows, indexes, state hash, undo record";
    public const string Encode = "encode: three events and the record of the call";
    public const string Link = "hash chain (a thread of its own when batches are large)";

    private const int Batches = 100;
    private const int BatchTransfers = 170; // what is sent early has 512 events
    private const int BalanceFromEnd = 16;

    private static readonly string[] InOrder = [Run, HostCalls, Apply, Encode, Link];

    private readonly Dictionary<string, List<double>> _times = [];
    private readonly TransactionBatch _batch = new();
    private readonly EventChain _chain = new(new StreamName("benchmark"));
    private readonly Random _random = new(1);
    private readonly byte[] _arguments = new byte[24];
    private readonly long[] _ticks = new long[4];

    /// <summary>Times of this round, by part; in the order of the parts.</summary>
    /// <param name="projection">The bank's; as it was when this returns.</param>
    public Dictionary<string, double> Measure(ModuleProjection projection)
    {
        _times.Clear();
        using RecordedBuild build = RecordedBuild.Create(candidate, projection.State!, new ModuleLimits());
        ReducerSchema transfer = build.FindReducer("transfer"u8)!;
        var overlay = new MutationOverlay(projection.State!);
        for (int batch = 0; batch < Batches; batch++)
        {
            NoteSince(HostCalls, Stopwatch.GetTimestamp(), () =>
            {
                for (int i = 0; i < BatchTransfers; i++) CallHost(overlay);
            });
            MeasureBatch(projection, build, transfer);
        }

        return InOrder.ToDictionary(part => part, part => Ratio.FastOf(_times[part]));
    }

    /// <summary>The events of the last batch, as they would go to the store.</summary>
    public ReadOnlyMemory<EventData> LastBatch => _batch.Seal();

    /// <summary>Transfers in a batch.</summary>
    public static int TransfersInBatch => BatchTransfers;

    public void Dispose() => _batch.Dispose();

    private void MeasureBatch(ModuleProjection projection, RecordedBuild build, ReducerSchema transfer)
    {
        (Revision revision, ChainValue chain) = (projection.Revision, projection.Chain);
        _batch.Open(revision);
        Array.Clear(_ticks);
        for (int i = 0; i < BatchTransfers; i++) MeasureOne(projection, build, transfer, (uint)i);
        long started = Stopwatch.GetTimestamp();
        _batch.Link(_chain);
        Note(Link, Stopwatch.GetTimestamp() - started);
        Note(Run, _ticks[0] - _ticks[3]);
        Note(Apply, _ticks[1] - _ticks[3]);
        Note(Encode, _ticks[2] - _ticks[3]);
        projection.Undo(BatchTransfers, revision, chain);
    }

    // The fourth time is that of looking at the clock, which is in each of the others.
    private void MeasureOne(ModuleProjection projection, RecordedBuild build, ReducerSchema transfer, uint number)
    {
        ulong from = (ulong)_random.Next(1, accounts);
        BinaryPrimitives.WriteUInt64LittleEndian(_arguments, from);
        BinaryPrimitives.WriteUInt64LittleEndian(_arguments.AsSpan(8), from + 1);
        BinaryPrimitives.WriteInt64LittleEndian(_arguments.AsSpan(16), 1);
        CallInputs inputs = new(_arguments, candidate.Publisher, 1_700_000_000_000_000, number);
        long started = Stopwatch.GetTimestamp();
        CallEnd end = build.Runner.RunReducer(transfer, inputs);
        long ran = Stopwatch.GetTimestamp();
        MutationSet mutations = build.Runner.Overlay.Freeze();
        projection.Apply(mutations, isRecorded: true);
        long applied = Stopwatch.GetTimestamp();
        Write(projection, build, inputs, mutations, new TransactionId(1, number));
        long written = Stopwatch.GetTimestamp();
        long looked = Stopwatch.GetTimestamp();
        if (end is not CallEnd.Succeeded) throw new InvalidOperationException($"a transfer failed: {end}");
        _ticks[0] += ran - started;
        _ticks[1] += applied - ran;
        _ticks[2] += written - applied;
        _ticks[3] += looked - written;
    }

    private void Write(ModuleProjection projection, RecordedBuild build, in CallInputs inputs, MutationSet mutations, TransactionId id)
    {
        _batch.BeginTransaction();
        ModuleLoop.WriteEvents(_batch, id, mutations, build.Loaded);
        int start = _batch.Buffer.Length;
        new TransactionRecord
        {
            EventCount = mutations.LoggedCount,
            Reducer = "transfer",
            Arguments = inputs.Arguments,
            Caller = inputs.Caller,
            TimeUs = inputs.TimeUs,
            Seed = inputs.Seed,
            Code = candidate.Hash,
            Engine = "managed",
            Fuel = build.Runner.FuelUsed,
            Host = Guid.Empty,
            Epoch = projection.Epoch,
            StateHash = projection.StateHash.Value,
            Result = build.Runner.TakeResult(),
        }.WriteBeforeChain(_batch.Buffer);
        _batch.AddLink(start);
        _batch.EndTransaction(canBeUndone: true);
    }

    // What the reducer asks of the host: two reads, two updates, an insert.
    private void CallHost(MutationOverlay overlay)
    {
        ulong from = (ulong)_random.Next(1, accounts);
        overlay.Begin();
        Span<byte> payer = stackalloc byte[64], payee = stackalloc byte[64], row = stackalloc byte[40];
        payer = payer[..Read(overlay, from, payer, -1)];
        payee = payee[..Read(overlay, from + 1, payee, 1)];
        row.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(row[8..], from);
        BinaryPrimitives.WriteUInt64LittleEndian(row[16..], from + 1);
        if (!overlay.Update(0, payer).IsDone || !overlay.Update(0, payee).IsDone || !overlay.Insert(1, row, out _).IsDone)
            throw new InvalidOperationException("a write was refused");
    }

    private static int Read(MutationOverlay overlay, ulong account, Span<byte> row, long change)
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, account);
        if (!overlay.TryGet(0, 0, key, out ReadOnlySpan<byte> found)) throw new InvalidOperationException($"there is no account {account}");
        found.CopyTo(row);
        Span<byte> balance = row[(found.Length - BalanceFromEnd)..];
        BinaryPrimitives.WriteInt64LittleEndian(balance, BinaryPrimitives.ReadInt64LittleEndian(balance) + change);
        return found.Length;
    }

    private void NoteSince(string part, long started, Action work)
    {
        work();
        Note(part, Stopwatch.GetTimestamp() - started);
    }

    private void Note(string part, long ticks)
    {
        if (!_times.TryGetValue(part, out List<double>? times)) _times[part] = times = [];
        times.Add(ticks * 1e9 / Stopwatch.Frequency / BatchTransfers);
    }
}
