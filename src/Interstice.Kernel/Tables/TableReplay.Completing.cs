using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <content>The end: what was put off, in steps that threads can share.</content>
public sealed partial class TableReplay
{
    /// <summary>All changes were made: prepares the steps.</summary>
    /// <returns>How many there are. Takes up to 64 bytes a row for each that runs, for a while.</returns>
    public int BeginCompletion()
    {
        _table.TakeReplayed(Count, _payloadBytes, _counter);
        _toBuild = [.. _table.SecondaryIndexes.Where(index => !index.Schema.IsUnique)];
        if (_hashed is not null)
        {
            _references = _hashed.References(out _areInOrder).ToArray();
            _hashed = null;
            _toBuild = [_primary, .. _toBuild];
        }
        else
        {
            _references = _table.ReferencesInOrder();
        }

        bool needsHash = !_keepsHash && Schema.Kind == TableKind.Logged;
        _partialHashes = new StateHash[needsHash ? (_references.Length + RowsPerHashStep - 1) / RowsPerHashStep : 0];
        return _toBuild.Length + _partialHashes.Length;
    }

    /// <summary>Takes one of the steps, each once. Different steps may run side by side.</summary>
    /// <param name="step">From 0 to below what <see cref="BeginCompletion"/> gave; the longest come first.</param>
    public void RunStep(int step)
    {
        if (step < _toBuild.Length) Build(_toBuild[^(step + 1)]);
        else SumHash(step - _toBuild.Length);
    }

    /// <summary>All steps were taken: the table is ready.</summary>
    public void Complete()
    {
        StateHash sum = StateHash.Zero;
        foreach (StateHash part in _partialHashes) sum += part;
        _table.AddReplayedHash(sum);
        _references = [];
    }

    private void Build(TableIndex index)
    {
        bool isPrimary = index.Schema.Number == 0;
        if (!index.Tree.TryBuild(_references, areInOrder: isPrimary && _areInOrder)) throw index.Damaged();
    }

    private void SumHash(int part)
    {
        StateHash sum = StateHash.Zero;
        int start = part * RowsPerHashStep;
        int end = Math.Min(start + RowsPerHashStep, _references.Length);
        foreach (uint reference in _references.AsSpan(start..end)) sum += _table.HashOf(_rows[reference]);
        _partialHashes[part] = sum;
    }
}
