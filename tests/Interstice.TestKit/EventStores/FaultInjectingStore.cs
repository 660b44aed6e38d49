using System.Diagnostics.CodeAnalysis;
using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

/// <summary>A store around another one that holds appends back and lets chosen ones fail.</summary>
/// <remarks>Appends reach the inner store in the order of the calls, as the port demands.</remarks>
public sealed partial class FaultInjectingStore(IEventStore inner) : IEventStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Fault> _faults = [];
    private Task _tail = Task.CompletedTask;
    private TaskCompletionSource? _gate;
    private readonly List<LateAppend> _late = [];
    private int _appends;
    private int _operations;
    private int _otherAppends;
    private int _landedLate;

    /// <summary>What happens to an append.</summary>
    public enum Fault
    {
        /// <summary>The events are not written, and the store says so.</summary>
        RefusedBeforeWrite,

        /// <summary>The device is full: not written, and the store says so.</summary>
        Full,

        /// <summary>The events are not written, and the store does not know.</summary>
        UnknownNotWritten,

        /// <summary>The events are written, and the store does not know.</summary>
        UnknownWritten,

        /// <summary>The store does not know, and the events arrive after as many further appends to the same stream as
        /// <see cref="LateBy"/> says, if the stream is then as they expected.</summary>
        UnknownWrittenLate,

        /// <summary>The store answers that the stream is not as expected.</summary>
        WrongRevision,

        /// <summary>Of an append to several streams the first part is written alone, and the store does not know: what no store may do.</summary>
        UnknownTorn,
    }

    /// <summary>Appends seen so far, to module streams only.</summary>
    public int AppendCount => Volatile.Read(ref _appends);

    /// <summary>Appends written so far to other streams than those of modules.</summary>
    public int OtherAppendCount => Volatile.Read(ref _otherAppends);

    /// <summary>Whether a caller may write on its own thread, however quick the inner store is.</summary>
    public bool CanAppendHere { get; set; }

    /// <summary>How many appends were written on the caller's thread.</summary>
    public int AppendsHere { get; private set; }

    /// <summary>How many further appends to module streams an append of <see cref="Fault.UnknownWrittenLate"/> lets pass.</summary>
    public int LateBy { get; set; }

    /// <summary>Appends that came late and were written all the same.</summary>
    public int LandedLate => Volatile.Read(ref _landedLate);

    /// <summary>Whether nothing answers: appends and reads are refused, as when the network is gone.</summary>
    public bool IsUnreachable { get; set; }

    /// <summary>The operation on module streams, counted from 1, from which on <see cref="IsUnreachable"/>; 0 for never.</summary>
    public int DiesAt { get; set; }

    /// <summary>The append to module streams, counted from 0, from which on appends are never answered and write nothing.</summary>
    public int HangsFrom { get; set; } = int.MaxValue;

    /// <summary>Whether other processes may write to the store.</summary>
    public bool CanBeShared { get; set; }

    /// <summary>Most bytes of an append, as the store says it; null for what the inner store says.</summary>
    public int? AppendBytesMaxOverride { get; set; }

    /// <summary>Whether it appends to one stream at a time, whatever the inner store can do.</summary>
    public bool TakesOneStreamOnly { get; set; }

    /// <summary>Whether appends to several streams are written although a stream that is expected only is not as expected: what no store
    /// may do.</summary>
    public bool ForgetsExpectations { get; set; }

    /// <summary>Operations on module streams so far.</summary>
    public int OperationCount => Volatile.Read(ref _operations);

    /// <inheritdoc/>
    public bool CanAppendToSeveralStreams => !TakesOneStreamOnly && inner.CanAppendToSeveralStreams;

    /// <inheritdoc/>
    public int EventBytesMax => inner.EventBytesMax;

    /// <inheritdoc/>
    public int AppendBytesMax => AppendBytesMaxOverride ?? inner.AppendBytesMax;

    /// <summary>Lets an append to a module stream fail.</summary>
    /// <param name="append">Counted from 0 over the life of this store.</param>
    /// <param name="fault">How.</param>
    public void FailAppend(int append, Fault fault)
    {
        lock (_lock) _faults[append] = fault;
    }

    /// <summary>Lets no further append fail.</summary>
    public void ClearFaults()
    {
        lock (_lock) _faults.Clear();
    }

    /// <summary>Holds all appends back until <see cref="OpenGate"/>.</summary>
    public void CloseGate()
    {
        lock (_lock) _gate ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Lets the appends that were held back go on.</summary>
    public void OpenGate()
    {
        TaskCompletionSource? gate;
        lock (_lock) (gate, _gate) = (_gate, null);
        gate?.SetResult();
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        CancellationToken cancellationToken = default)
    {
        if (StreamNames.ModuleOf(stream) is null)
        {
            ExpectReachable();
            return CountAsync(inner.AppendAsync(stream, expected, events, cancellationToken));
        }

        lock (_lock)
        {
            Fault? fault = _faults.TryGetValue(_appends, out Fault chosen) ? chosen : null;
            if (_appends++ >= HangsFrom) return new(new TaskCompletionSource<AppendResult>().Task);
            Task<AppendResult> append = RunAsync(_tail, _gate?.Task, fault, stream, expected, events);
            _tail = append.ContinueWith(_ => { }, TaskScheduler.Default);
            return new(append);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Never while appends are held back or under way.</remarks>
    public bool TryAppend(
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events,
        [NotNullWhen(true)] out AppendResult? result)
    {
        result = null;
        if (!CanAppendHere || StreamNames.ModuleOf(stream) is null) return false;
        lock (_lock)
        {
            if (_gate is not null || !_tail.IsCompleted) return false;
            Fault? fault = _faults.TryGetValue(_appends, out Fault chosen) ? chosen : null;
            _appends++;
            AppendsHere++;
            result = RunAsync(Task.CompletedTask, null, fault, stream, expected, events).GetAwaiter().GetResult();
            return true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Never while appends are held back or under way.</remarks>
    public bool TryAppend(ReadOnlyMemory<StreamAppend> appends, [NotNullWhen(true)] out IReadOnlyList<AppendResult>? results)
    {
        results = null;
        if (!CanAppendHere) return false;
        lock (_lock)
        {
            if (_gate is not null || !_tail.IsCompleted) return false;
            Fault? fault = _faults.TryGetValue(_appends, out Fault chosen) ? chosen : null;
            _appends++;
            AppendsHere++;
            results = RunAllAsync(Task.CompletedTask, null, fault, appends).GetAwaiter().GetResult();
            return true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>One append for the count of faults, however many streams it goes to.</remarks>
    public ValueTask<IReadOnlyList<AppendResult>> AppendAsync(
        ReadOnlyMemory<StreamAppend> appends,
        CancellationToken cancellationToken = default)
    {
        if (TakesOneStreamOnly && appends.Length > 1) throw new NotSupportedException("it appends to one stream at a time");
        lock (_lock)
        {
            Fault? fault = _faults.TryGetValue(_appends, out Fault chosen) ? chosen : null;
            if (_appends++ >= HangsFrom) return new(new TaskCompletionSource<IReadOnlyList<AppendResult>>().Task);
            Task<IReadOnlyList<AppendResult>> append = RunAllAsync(_tail, _gate?.Task, fault, appends);
            _tail = append.ContinueWith(_ => { }, TaskScheduler.Default);
            return new(append);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StreamMetadata> GetMetadataAsync(StreamName stream, CancellationToken cancellationToken = default)
    {
        ExpectReachable();
        return inner.GetMetadataAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<AppendResult> SetMetadataAsync(
        StreamName stream,
        ExpectedRevision expected,
        StreamMetadata metadata,
        CancellationToken cancellationToken = default) => inner.SetMetadataAsync(stream, expected, metadata, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DeleteResult> DeleteAsync(
        StreamName stream,
        ExpectedRevision expected,
        DeletionKind kind,
        CancellationToken cancellationToken = default) => inner.DeleteAsync(stream, expected, kind, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<AppendResult> RunAsync(
        Task before,
        Task? gate,
        Fault? fault,
        StreamName stream,
        ExpectedRevision expected,
        ReadOnlyMemory<EventData> events)
    {
        await before.ConfigureAwait(false);
        if (gate is not null) await gate.ConfigureAwait(false);
        Reach();
        await LandAsync().ConfigureAwait(false);
        if (fault == Fault.UnknownWrittenLate)
        {
            lock (_lock) _late.Add(new(stream, expected, Copy(events)) { Left = LateBy });
        }

        if (fault is null or Fault.UnknownWritten)
        {
            AppendResult written = await inner.AppendAsync(stream, expected, events).ConfigureAwait(false);
            if (fault is null) return written;
        }

        return Fail(fault.Value, expected);
    }

    private async Task<IReadOnlyList<AppendResult>> RunAllAsync(
        Task before, Task? gate, Fault? fault, ReadOnlyMemory<StreamAppend> appends)
    {
        await before.ConfigureAwait(false);
        if (gate is not null) await gate.ConfigureAwait(false);
        Reach();
        await LandAsync().ConfigureAwait(false);
        if (fault == Fault.UnknownTorn) appends = appends[..1];
        if (fault is null or Fault.UnknownWritten or Fault.UnknownTorn)
        {
            IReadOnlyList<AppendResult> written = ForgetsExpectations
                ? await AppendForgettingAsync(appends).ConfigureAwait(false)
                : await inner.AppendAsync(appends).ConfigureAwait(false);
            if (fault is null) return written;
        }

        AppendResult refused = Fail(fault.Value, appends.Span[0].Expected);
        return [refused, .. Enumerable.Range(1, appends.Length - 1).Select(i => new AppendResult.Appended(Revision.None, default))];
    }

    private async Task<IReadOnlyList<AppendResult>> AppendForgettingAsync(ReadOnlyMemory<StreamAppend> appends)
    {
        StreamAppend[] own = [.. appends.ToArray().Where(append => !append.Events.IsEmpty)];
        IReadOnlyList<AppendResult> written = await inner.AppendAsync(own).ConfigureAwait(false);
        return [.. written, .. Enumerable.Range(0, appends.Length - own.Length).Select(i => new AppendResult.Appended(Revision.None, default))];
    }

    private static AppendResult.WrongExpectedRevision Fail(Fault fault, ExpectedRevision expected) => fault switch
    {
        Fault.RefusedBeforeWrite =>
            throw new EventStoreException(EventStoreErrorKind.Refused, "injected: refused before the write"),
        Fault.Full => throw new EventStoreException(EventStoreErrorKind.Full, "injected: no space left on device"),
        Fault.UnknownNotWritten => throw new EventStoreException(EventStoreErrorKind.Unknown, "injected: the write failed"),
        Fault.UnknownWrittenLate => throw new EventStoreException(EventStoreErrorKind.Unknown, "injected: the connection was lost"),
        Fault.UnknownTorn => throw new EventStoreException(EventStoreErrorKind.Unknown, "injected: the answer was lost"),
        Fault.UnknownWritten => throw new EventStoreException(EventStoreErrorKind.Unknown, "injected: the answer was lost"),
        _ => new(expected, new Revision(1_000_000)),
    };

    private async ValueTask<AppendResult> CountAsync(ValueTask<AppendResult> append)
    {
        AppendResult result = await append.ConfigureAwait(false);
        if (result is AppendResult.Appended) Interlocked.Increment(ref _otherAppends);
        return result;
    }

    private void Reach()
    {
        if (Interlocked.Increment(ref _operations) == DiesAt) IsUnreachable = true;
        ExpectReachable();
    }

    private void ExpectReachable()
    {
        if (IsUnreachable) throw new EventStoreException(EventStoreErrorKind.Unavailable, "injected: the store cannot be reached");
    }

    /// <summary>Ends when every append to a module stream so far has.</summary>
    public Task SettleAsync()
    {
        lock (_lock) return _tail;
    }

    /// <summary>Cuts the connection; what has gone over it has ended then.</summary>
    public Task CutAsync()
    {
        IsUnreachable = true;
        lock (_lock) return _tail;
    }

    /// <summary>Lets everything arrive that is late, as a network does that comes back.</summary>
    public Task LandAllAsync()
    {
        lock (_lock)
        {
            foreach (LateAppend late in _late) late.Left = 0;
        }

        return LandAsync();
    }

    // Appends run one after the other, but who has everything land may come between them.
    private async Task LandAsync()
    {
        foreach (LateAppend late in TakeDue())
        {
            AppendResult result = await inner.AppendAsync(late.Stream, late.Expected, late.Events).ConfigureAwait(false);
            if (result is AppendResult.Appended) Interlocked.Increment(ref _landedLate);
        }
    }

    private LateAppend[] TakeDue()
    {
        lock (_lock)
        {
            if (_late.Count == 0) return [];
            LateAppend[] due = [.. _late.Where(late => late.Left-- <= 0)];
            _late.RemoveAll(due.Contains);
            return due;
        }
    }

    private static EventData[] Copy(ReadOnlyMemory<EventData> events) =>
        [.. events.ToArray().Select(found => found with { Data = found.Data.ToArray(), Metadata = found.Metadata.ToArray() })];

    private sealed record LateAppend(StreamName Stream, ExpectedRevision Expected, EventData[] Events)
    {
        public int Left { get; set; }
    }
}
