using Interstice.Kernel.Events;

namespace Interstice.Host.Idempotency;

/// <summary>The calls with a key that a module remembers. Used by one thread at a time.</summary>
/// <remarks>Invariants: a key is given up only when it is durable and older than the retention, or beyond its number, counted by what the
/// log records; calls that are not durable yet are the newest and can be undone, newest first.</remarks>
/// <param name="retention">How long keys are kept.</param>
internal sealed class KnownCalls(KeyRetention retention)
{
    private const int GoneMin = 1024;

    private readonly Dictionary<UInt128, KnownCall> _calls = [];
    private readonly List<Kept> _order = [];
    private readonly List<long> _pending = [];
    private int _gone;
    private int _firstPending;
    private long _latestUs = long.MinValue;

    /// <summary>Keys that are kept.</summary>
    public int Count => _calls.Count;

    /// <summary>The keys with their calls, oldest first.</summary>
    public IEnumerable<KeyValuePair<UInt128, KnownCall>> All()
    {
        for (int i = _gone; i < _order.Count; i++)
            if (TryGet(_order[i], out KnownCall call)) yield return new(_order[i].Scope, call);
    }

    /// <summary>Finds the call that was committed under a key.</summary>
    /// <param name="scope">Digest of caller and key.</param>
    /// <param name="nowUs">The time, microseconds since the Unix epoch.</param>
    /// <param name="call">The call.</param>
    /// <returns>False when there is none, or none that is young enough.</returns>
    public bool TryFind(UInt128 scope, long nowUs, out KnownCall call) =>
        _calls.TryGetValue(scope, out call) && call.TimeUs >= Math.Max(nowUs, _latestUs) - retention.SpanUs;

    /// <summary>Remembers a call that is not durable yet.</summary>
    /// <param name="transaction">Number of its transaction.</param>
    /// <param name="scope">Digest of caller and key.</param>
    /// <param name="call">The call.</param>
    public void Add(long transaction, UInt128 scope, in KnownCall call)
    {
        _pending.Add(transaction);
        Put(scope, call);
    }

    /// <summary>Remembers a call that was read from the log or from a snapshot. Nothing that can be undone is there.</summary>
    public void AddDurable(UInt128 scope, in KnownCall call)
    {
        Put(scope, call);
        Keep(call.TimeUs);
    }

    /// <summary>Transactions up to a number are durable.</summary>
    public void Release(long transaction)
    {
        if (_pending.Count == 0) return;
        while (_firstPending < _pending.Count && _pending[_firstPending] <= transaction)
        {
            Kept released = _order[_order.Count - _pending.Count + _firstPending++];
            if (TryGet(released, out KnownCall call)) Keep(call.TimeUs);
        }

        if (_firstPending < GoneMin && _firstPending < _pending.Count) return;
        _pending.RemoveRange(0, _firstPending);
        _firstPending = 0;
    }

    /// <summary>Forgets calls of transactions after a number.</summary>
    public void Undo(long transaction)
    {
        while (_pending.Count > _firstPending && _pending[^1] > transaction)
        {
            // What it may have taken the place of was too old to be found.
            _calls.Remove(_order[^1].Scope);
            _pending.RemoveAt(_pending.Count - 1);
            _order.RemoveAt(_order.Count - 1);
        }
    }

    private void Put(UInt128 scope, in KnownCall call)
    {
        _calls[scope] = call;
        _order.Add(new(scope, call.Revision));
    }

    private void Keep(long timeUs)
    {
        _latestUs = Math.Max(_latestUs, timeUs);
        long from = _latestUs - retention.SpanUs;
        int durable = _order.Count - (_pending.Count - _firstPending);
        for (; _gone < durable; _gone++)
        {
            // A key that was used again later stands in the order twice, and counts where it was used last.
            if (!TryGet(_order[_gone], out KnownCall oldest)) continue;
            if (oldest.TimeUs >= from && _calls.Count <= retention.KeysMax) break;
            _calls.Remove(_order[_gone].Scope);
        }

        if (_gone < GoneMin || _gone < _order.Count / 2) return;
        _order.RemoveRange(0, _gone);
        _gone = 0;
    }

    private bool TryGet(in Kept kept, out KnownCall call) => _calls.TryGetValue(kept.Scope, out call) && call.Revision == kept.Revision;

    private readonly record struct Kept(UInt128 Scope, Revision Revision);
}
