namespace Interstice.Kernel.Tables;

/// <summary>Remembers the changes of a module's tables back to the last durable one. Changes are undone from its new end and
/// released from its old one. Not thread-safe: the module's loop owns it.</summary>
/// <remarks>A ring of small values; it allocates only to become longer.</remarks>
public sealed class UndoLog
{
    private const int CapacityMin = 64;

    private readonly ModuleState _state;
    private RowChange[] _changes = new RowChange[CapacityMin];

    /// <summary>Makes an empty one.</summary>
    /// <param name="state">The tables whose changes it remembers.</param>
    public UndoLog(ModuleState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _state = state;
    }

    /// <summary>How many changes were added and not undone, ever. Take it before a transaction, to undo to, and after it, to
    /// release to.</summary>
    public long Position { get; private set; }

    /// <summary>Up to where changes are released.</summary>
    public long Released { get; private set; }

    /// <summary>Takes a change over; it is undone or released from here.</summary>
    /// <param name="change">What a table returned.</param>
    public void Add(in RowChange change)
    {
        if (Position - Released == _changes.Length) Grow();
        _changes[Position & (_changes.Length - 1)] = change;
        Position++;
    }

    /// <summary>Undoes every change behind a position, the newest first.</summary>
    /// <param name="position">A <see cref="Position"/> that was taken earlier.</param>
    /// <exception cref="ArgumentOutOfRangeException">Changes before it are released already, or it was never reached.</exception>
    public void UndoTo(long position)
    {
        CheckHeld(position);
        while (Position > position)
        {
            ref readonly RowChange change = ref _changes[--Position & (_changes.Length - 1)];
            _state.GetTable(change.Table).Undo(in change);
        }
    }

    /// <summary>Releases every change before a position: it is durable and is never undone.</summary>
    /// <param name="position">A <see cref="Position"/> that was taken earlier.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is released already, or it was never reached.</exception>
    public void ReleaseTo(long position)
    {
        CheckHeld(position);
        for (; Released < position; Released++)
        {
            ref readonly RowChange change = ref _changes[Released & (_changes.Length - 1)];
            _state.GetTable(change.Table).Release(in change);
        }
    }

    private void CheckHeld(long position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(position, Released);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position, Position);
    }

    private void Grow()
    {
        var changes = new RowChange[_changes.Length * 2];
        for (long i = Released; i < Position; i++) changes[i & (changes.Length - 1)] = _changes[i & (_changes.Length - 1)];
        _changes = changes;
    }
}
