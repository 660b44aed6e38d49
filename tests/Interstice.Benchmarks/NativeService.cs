using System.Collections.Concurrent;

namespace Interstice.Benchmarks;

/// <summary>The transfer job in plain C# with clients that wait: one thread applies, another appends and syncs whatever has been
/// applied in the meantime and answers it. No sandbox, no tables of ours, no host.</summary>
internal sealed class NativeService : IDisposable
{
    private readonly INativeBank _bank;
    private readonly RawLog _log;
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly AutoResetEvent _called = new(false);
    private readonly BlockingCollection<Group> _applied = new(boundedCapacity: 1);
    private readonly ConcurrentQueue<Group> _written = new();
    private readonly Thread _loop;
    private readonly Thread _writer;
    private volatile bool _isStopping;
    private int _isAsleep;

    public NativeService(RawLog log, INativeBank bank)
    {
        _bank = bank;
        _log = log;
        _loop = new Thread(Apply) { IsBackground = true, Name = "native loop" };
        _writer = new Thread(Write) { IsBackground = true, Name = "native writer" };
        _loop.Start();
        _writer.Start();
    }

    /// <summary>One transfer, answered when it is durable.</summary>
    public Task TransferAsync(ulong from, ulong to)
    {
        Call call = new(from, to);
        _calls.Enqueue(call);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isAsleep) != 0) _called.Set();
        return call.Task;
    }

    public void Dispose()
    {
        _isStopping = true;
        _called.Set();
        _loop.Join();
        _writer.Join();
        _called.Dispose();
        _applied.Dispose();
    }

    private void Apply()
    {
        int bytes = _bank.BytesPerTransfer;
        Group group = NextGroup();
        while (true)
        {
            if (group.Calls.Count < Group.CallsMax && _calls.TryDequeue(out Call? call))
            {
                _bank.Transfer(call.From, call.To, 1, group.Bytes.AsSpan(group.Calls.Count * bytes, bytes));
                group.Calls.Add(call);
                continue;
            }

            if (group.Calls.Count > 0)
            {
                _applied.Add(group);
                group = NextGroup();
                continue;
            }

            if (_isStopping) break;
            Volatile.Write(ref _isAsleep, 1);
            Interlocked.MemoryBarrier();
            if (_calls.IsEmpty) _called.WaitOne();
            Volatile.Write(ref _isAsleep, 0);
        }

        _applied.CompleteAdding();
    }

    private Group NextGroup() => _written.TryDequeue(out Group? group) ? group : new Group(_bank.BytesPerTransfer);

    private void Write()
    {
        foreach (Group group in _applied.GetConsumingEnumerable())
        {
            _log.Append(group.Bytes.AsSpan(0, group.Calls.Count * _bank.BytesPerTransfer));
            foreach (Call call in group.Calls) call.SetResult();
            group.Calls.Clear();
            _written.Enqueue(group);
        }
    }

    private sealed class Call(ulong from, ulong to) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public ulong From => from;

        public ulong To => to;
    }

    private sealed class Group(int bytesPerTransfer)
    {
        public const int CallsMax = 4096;

        public List<Call> Calls { get; } = new(CallsMax);

        public byte[] Bytes { get; } = new byte[CallsMax * bytesPerTransfer];
    }
}
