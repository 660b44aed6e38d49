namespace Interstice.Kernel.Tables;

/// <summary>New rows on their way into the tree of one index. Until <see cref="IsDone"/> the tree belongs to whoever runs the batch;
/// rows are not read any more.</summary>
public sealed class IndexBatch
{
    private readonly BTree _tree;
    private Exception? _fault;
    private bool _areNew;
    private bool _isDone;

    internal IndexBatch(BTree tree)
    {
        _tree = tree;
        CountBefore = tree.Count;
    }

    /// <summary>Whether <see cref="Run"/> has returned. Who sees that may use the tree.</summary>
    public bool IsDone => Volatile.Read(ref _isDone);

    /// <summary>Entries of the tree without this batch.</summary>
    internal long CountBefore { get; }

    /// <summary>Enters the rows. Throws nothing: what went wrong is for who needs the index.</summary>
    public void Run()
    {
        try
        {
            _areNew = _tree.TryInsertPrepared();
        }
        catch (Exception fault)
        {
            _fault = fault;
        }

        Volatile.Write(ref _isDone, true);
    }

    /// <summary>Whether all rows of a batch that is done were new ones.</summary>
    /// <exception cref="InvalidOperationException">Running it failed.</exception>
    internal bool AreNew() =>
        _fault is null ? _areNew : throw new InvalidOperationException("Rows could not be entered into an index.", _fault);
}
