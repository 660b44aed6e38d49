using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Interstice.Journal.Index;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

/// <summary>One append on its way through the writer; also what its caller awaits. Pooled.</summary>
/// <remarks>A request is queued, then either taken by the writer, who reads the borrowed events and always completes it, or
/// withdrawn by cancellation, after which the writer passes over it. The two exclude each other.</remarks>
internal sealed class AppendRequest : IValueTaskSource<AppendResult>, IValueTaskSource<IReadOnlyList<AppendResult>>
{
    private const int PoolMax = 4096;
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private static readonly ConcurrentQueue<AppendRequest> Pool = new();

    private ManualResetValueTaskSourceCore<object> _core;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private StreamAppend _one;
    private ReadOnlyMemory<StreamAppend> _many;
    private bool _isMany;
    private int _state;
    private object? _result;
    private Exception? _error;

    private AppendRequest()
    {
    }

    /// <summary>Most bytes that the frame of this append can have.</summary>
    public int FrameBytesMax { get; private set; }

    /// <summary>Data and metadata, for the bound of the queue.</summary>
    public long EventBytes { get; private set; }

    /// <summary>Settings that become those of <see cref="MetadataTarget"/> when the append is durable, or null.</summary>
    public StreamMetadata? Metadata { get; private set; }

    /// <summary>The stream that <see cref="Metadata"/> is for.</summary>
    public StreamName MetadataTarget { get; private set; }

    /// <summary>How <see cref="MetadataTarget"/> is deleted, or null for what is no deletion.</summary>
    public DeletionKind? Deletion { get; private set; }

    /// <summary>Whether the caller asked for several results.</summary>
    public bool IsMany => _isMany;

    /// <summary>Whether the events were put into the group that is being written, so that a failure leaves them unknown.</summary>
    public bool IsWritten { get; set; }

    public ReadOnlySpan<StreamAppend> Parts =>
        _isMany ? _many.Span : MemoryMarshal.CreateReadOnlySpan(ref _one, 1);

    public short Version => _core.Version;

    public static AppendRequest ForOne(in StreamAppend append, int frameBytesMax, long eventBytes)
    {
        AppendRequest request = Rent(frameBytesMax, eventBytes);
        request._one = append;
        return request;
    }

    public static AppendRequest ForMany(ReadOnlyMemory<StreamAppend> appends, int frameBytesMax, long eventBytes)
    {
        AppendRequest request = Rent(frameBytesMax, eventBytes);
        request._many = appends;
        request._isMany = true;
        return request;
    }

    public static AppendRequest ForMetadata(
        in StreamAppend append, int frameBytesMax, long eventBytes, StreamName target, StreamMetadata metadata)
    {
        AppendRequest request = ForOne(append, frameBytesMax, eventBytes);
        request.Metadata = metadata;
        request.MetadataTarget = target;
        return request;
    }

    public static AppendRequest ForDeletion(
        in StreamAppend append, int frameBytesMax, long eventBytes, StreamName target, DeletionKind kind)
    {
        AppendRequest request = ForOne(append, frameBytesMax, eventBytes);
        request.Deletion = kind;
        request.MetadataTarget = target;
        return request;
    }

    /// <summary>Lets a token withdraw the request for as long as the writer has not taken it.</summary>
    public void WithdrawOn(CancellationToken token)
    {
        if (!token.CanBeCanceled) return;
        _token = token;
        _cancellation = token.UnsafeRegister(static state => ((AppendRequest)state!).Withdraw(), this);
    }

    /// <summary>Claims the request for the writer; false when it was withdrawn. Claiming twice is allowed.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) != Withdrawn;

    /// <summary>Notes how the append ended; the caller hears of it at <see cref="Complete"/>.</summary>
    public void SetResult(object result) => _result = result;

    /// <summary>Notes that the append failed.</summary>
    public void SetError(Exception error) => _error = error;

    /// <summary>Tells the caller.</summary>
    /// <param name="isInline">Whether what waits for it may run on this thread.</param>
    public void Complete(bool isInline)
    {
        _core.RunContinuationsAsynchronously = !isInline;
        if (_error is not null) _core.SetException(_error);
        else _core.SetResult(_result!);
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    AppendResult IValueTaskSource<AppendResult>.GetResult(short token) => (AppendResult)Finish(token);

    IReadOnlyList<AppendResult> IValueTaskSource<IReadOnlyList<AppendResult>>.GetResult(short token) =>
        (AppendResult[])Finish(token);

    private static AppendRequest Rent(int frameBytesMax, long eventBytes)
    {
        if (!Pool.TryDequeue(out AppendRequest? request)) request = new AppendRequest();
        request.FrameBytesMax = frameBytesMax;
        request.EventBytes = eventBytes;
        return request;
    }

    private void Withdraw()
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Queued) != Queued) return;
        _core.RunContinuationsAsynchronously = true;
        _core.SetException(new OperationCanceledException(_token));
    }

    private object Finish(short token)
    {
        // A callback that is running must end before the request can stand for another append.
        _cancellation.Dispose();
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // A withdrawn request is still in the queue and is left to the garbage collector.
            if (Volatile.Read(ref _state) != Withdrawn) Return();
        }
    }

    private void Return()
    {
        _core.Reset();
        _cancellation = default;
        _token = default;
        _one = default;
        _many = default;
        _isMany = false;
        _result = null;
        _error = null;
        Metadata = null;
        MetadataTarget = default;
        Deletion = null;
        IsWritten = false;
        Volatile.Write(ref _state, Queued);
        if (Pool.Count < PoolMax) Pool.Enqueue(this);
    }
}
