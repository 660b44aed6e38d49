using System.Runtime.InteropServices;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Mutations;

/// <summary>What one running transaction has changed, over tables that it leaves as they are. Used for one transaction after
/// another; in steady state small ones allocate nothing. Not thread-safe: the module's loop owns it.</summary>
/// <remarks>
/// Each primary key that is written to has an entry with a chain of versions, one per write, numbered by a sequence; a scan sees
/// the newest version that is not newer than itself. Which entry holds a unique key at present is kept in a map. A tree over
/// the versions in the order of an index is made when the first scan over this index finds written rows, and kept up from
/// then on. An overlay tree holds an entry for every (index key, primary key) that some version has; whether a scan
/// shows it is decided by the version that the scan sees.
/// The tables must not change while a transaction runs.
/// </remarks>
public sealed partial class MutationOverlay
{
    private const int ListKept = 1 << 14;

    private readonly ModuleState _state;
    private readonly OverlayTable[] _tables;
    private readonly List<OverlayTable> _active = [];
    private readonly OverlayRows _rows = new();
    private readonly ByteKeyMap _keys = new();
    private readonly List<OverlayEntry> _entries = [];
    private readonly ReferenceMap _committed = new();
    private readonly ByteKeyMap _uniqueKeys = new();
    private readonly List<int> _owners = [];
    private readonly List<Step> _steps = [];
    private readonly MutationSet _frozen = new();
    private KeyScratch _key;
    private KeyScratch _oldIndexKey;
    private KeyScratch _newIndexKey;
    private long _sequence;
    private int _transaction;
    private bool _isOpen;

    /// <summary>Makes one for the tables of a module.</summary>
    /// <param name="state">The committed tables.</param>
    public MutationOverlay(ModuleState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _state = state;
        _tables = new OverlayTable[state.Tables.Length];
        for (int i = 0; i < _tables.Length; i++) _tables[i] = new OverlayTable(state.Tables[i]);
    }

    /// <summary>What the module declares.</summary>
    public ModuleSchema Schema => _state.Schema;

    /// <summary>Writes and emits of this transaction, those that cancel each other out included; for limits.</summary>
    public int MutationCount { get; private set; }

    /// <summary>Bytes of rows, payloads and keys that the transaction holds; for limits.</summary>
    public long Bytes => (long)_rows.Length + _keys.Length + _uniqueKeys.Length;

    /// <summary>Whether the transaction has read an ephemeral table and written to a logged one or emitted, in whatever order:
    /// the host must end it (semantics.md, Table kinds).</summary>
    public bool HasEphemeralFlow => HasReadEphemeral && HasWrittenLogged;

    /// <summary>Whether anything came out of an ephemeral table. Going back to a savepoint does not take it back.</summary>
    public bool HasReadEphemeral => EphemeralRead is not null;

    /// <summary>The first ephemeral table that something came out of, or null.</summary>
    public TableSchema? EphemeralRead { get; private set; }

    /// <summary>Whether it has written to a logged table or emitted.</summary>
    public bool HasWrittenLogged { get; private set; }

    /// <summary>Whether it may have written to one of the host's tables.</summary>
    public bool HasHostRows { get; private set; }

    /// <summary>Begins a transaction. Everything borrowed from the one before ends.</summary>
    public void Begin()
    {
        CloseScans();
        foreach (OverlayTable table in _active) table.Reset();
        _active.Clear();
        _rows.Clear();
        _keys.Clear();
        _committed.Clear();
        _uniqueKeys.Clear();
        Empty(_entries);
        Empty(_owners);
        Empty(_steps);
        _frozen.Begin([]);
        MutationCount = 0;
        EphemeralRead = null;
        HasWrittenLogged = false;
        HasHostRows = false;
        _sequence = 0;
        _transaction++;
        _isOpen = true;
    }

    /// <summary>What was written so far is the host's, and made of nothing that the guest reads: <see cref="HasEphemeralFlow"/> leaves it
    /// out.</summary>
    public void EndHostRows() => HasWrittenLogged = false;

    /// <summary>Emits an event that the module declares.</summary>
    /// <param name="eventNumber">Its number.</param>
    /// <param name="payload">A validated value of its type; copied.</param>
    public void Emit(int eventNumber, ReadOnlySpan<byte> payload)
    {
        CheckOpen();
        AddEmit(MutationKind.Emit, eventNumber, payload);
    }

    /// <summary>Ends the transaction and gives its net changes: an insert and its updates are one insert, an insert and its
    /// delete nothing, an update back to the same bytes nothing, a delete and an insert of the same key an update.</summary>
    /// <returns>The changes; borrowed until <see cref="Begin"/>.</returns>
    public MutationSet Freeze()
    {
        CheckOpen();
        CloseScans();
        _isOpen = false;
        _frozen.Begin(_rows.Bytes);
        foreach (ref readonly Step step in CollectionsMarshal.AsSpan(_steps))
        {
            if (step.Kind is MutationKind.Emit or MutationKind.EmitRow)
                _frozen.Add(new MutationSet.Change(step.Kind, true, step.Number, 0, 0, step.Offset, step.Length));
            else Freeze(in Entry(step.Number));
        }

        return _frozen;
    }

    private void Freeze(in OverlayEntry entry)
    {
        ref readonly OverlayVersion version = ref _rows.Version(entry.Version);
        bool wasThere = entry.Committed != RowSource.NoRow;
        bool isThere = !version.IsDeleted;
        if (!wasThere && !isThere) return;
        ReadOnlySpan<byte> bytes = _rows.Bytes;
        if (wasThere && isThere
            && bytes.Slice(entry.OldOffset, entry.OldLength).SequenceEqual(bytes.Slice(version.Offset, version.Length))) return;
        MutationKind kind = !wasThere ? MutationKind.Insert : isThere ? MutationKind.Update : MutationKind.Delete;
        _frozen.Add(new MutationSet.Change(kind, !_tables[entry.Table].IsEphemeral, entry.Table,
            entry.OldOffset, wasThere ? entry.OldLength : 0, isThere ? version.Offset : 0, isThere ? version.Length : 0));
    }

    private void AddEmit(MutationKind kind, int number, ReadOnlySpan<byte> payload)
    {
        _steps.Add(new Step(kind, number, _rows.Append(payload), payload.Length));
        MutationCount++;
        HasWrittenLogged = true;
    }

    private OverlayTable TableOf(int number)
    {
        CheckOpen();
        if ((uint)number < (uint)_tables.Length) return _tables[number];
        throw new ArgumentException($"Module \"{_state.Schema.Name}\" has no table {number}.", nameof(number));
    }

    private ref OverlayEntry Entry(int number) => ref CollectionsMarshal.AsSpan(_entries)[number];

    private void CheckOpen()
    {
        if (!_isOpen) throw new InvalidOperationException("No transaction is open; call Begin first.");
    }

    private static void Empty<T>(List<T> list)
    {
        list.Clear();
        if (list.Capacity > ListKept) list.Capacity = 0;
    }

    /// <summary>The first touch of a row, or an emit.</summary>
    /// <param name="Kind">An emit, or anything else for a row.</param>
    /// <param name="Number">The row's entry; the event or event table.</param>
    /// <param name="Offset">Where the payload begins.</param>
    /// <param name="Length">Bytes of the payload.</param>
    private readonly record struct Step(MutationKind Kind, int Number, int Offset, int Length);
}
