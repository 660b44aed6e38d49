using System.Runtime.InteropServices;

namespace Interstice.Kernel.Mutations;

/// <content>Savepoints, for calls within a transaction that may fail on their own.</content>
public sealed partial class MutationOverlay
{
    /// <summary>Marks this moment.</summary>
    public Savepoint CreateSavepoint()
    {
        CheckOpen();
        return new Savepoint
        {
            Versions = _rows.VersionCount,
            Steps = _steps.Count,
            Bytes = _rows.Length,
            MutationCount = MutationCount,
            Scans = _scansOpened,
            Transaction = _transaction,
            HasWrittenLogged = HasWrittenLogged,
        };
    }

    /// <summary>Undoes everything since a savepoint: rows, counters and emits. Scans that were opened since are closed; rows
    /// borrowed since are no longer valid. What was read stays read (<see cref="HasReadEphemeral"/>).</summary>
    /// <param name="savepoint">Of this transaction, and not itself undone.</param>
    /// <exception cref="ArgumentException">It belongs to another transaction or was undone.</exception>
    public void RollbackTo(Savepoint savepoint)
    {
        CheckOpen();
        if (savepoint.Transaction != _transaction || savepoint.Versions > _rows.VersionCount || savepoint.Steps > _steps.Count)
            throw new ArgumentException("The savepoint belongs to another transaction or was undone.", nameof(savepoint));
        CloseScans(savepoint.Scans);
        while (_rows.VersionCount > savepoint.Versions) UndoLastVersion();
        _steps.RemoveRange(savepoint.Steps, _steps.Count - savepoint.Steps);
        _rows.Truncate(savepoint.Bytes);
        MutationCount = savepoint.MutationCount;
        HasWrittenLogged = savepoint.HasWrittenLogged;
    }

    private void UndoLastVersion()
    {
        int number = _rows.VersionCount - 1;
        ref readonly OverlayVersion version = ref _rows.Version(number);
        ref OverlayEntry entry = ref CollectionsMarshal.AsSpan(_entries)[version.Entry];
        OverlayTable table = _tables[entry.Table];
        LeaveTrees(table, number);
        Own(table, number, version.Previous, version.Entry);
        table.CountDifference -= IsThere(in version) - WasThere(in version, in entry);
        table.Counter = version.CounterBefore;
        entry.Version = version.Previous;
        _rows.RemoveLastVersion();
    }

    private void LeaveTrees(OverlayTable table, int version)
    {
        if (_rows.Version(version).IsDeleted) return;
        for (int index = 0; index < table.BuiltTrees.Length; index++)
        {
            if (!table.BuiltTrees[index]) continue;
            ReadOnlySpan<byte> key = _newIndexKey.Write(table.Committed.Index(index).Keys, _rows[(uint)version]);
            // The entry is a former version's if that had the same key.
            if (table.Tree(index).Find(key) == (uint)version) table.Tree(index).Remove(key);
        }
    }
}
