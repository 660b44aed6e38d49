using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>Whole transactions of a stream, read and taken apart into changes of tables: what one thread prepares while another
/// applies what comes before (<see cref="StretchPreparation"/>).</summary>
/// <param name="tables">The tables; only their declarations are used until the stretch is applied.</param>
internal sealed class ReplayStretch(ReadOnlySpan<Table> tables)
{
    private readonly ChangeBatch[] _batches = [.. tables.ToArray().Select(table => new ChangeBatch(table))];

    /// <summary>Changes by number of the table; events are counted from <see cref="From"/>.</summary>
    public ReadOnlySpan<ChangeBatch> Batches => _batches;

    /// <summary>Where reading began.</summary>
    public Revision From { get; private set; }

    /// <summary>Transactions that begin at this revision belong to the next stretch.</summary>
    public Revision Until { get; private set; }

    /// <summary>First event of the first transaction.</summary>
    public Revision First { get; set; }

    /// <summary>First event after the last transaction. Less than <see cref="Until"/> where something else than a whole transaction
    /// follows, or something that cannot be read: applying the events one by one says what it is.</summary>
    public Revision Next { get; set; }

    /// <summary>Number of transactions.</summary>
    public int TransactionCount { get; set; }

    /// <summary>First event of the last transaction.</summary>
    public Revision LastTransactionAt { get; set; }

    /// <summary>Whether the last transaction begins with a <see cref="GroupCommitted"/>.</summary>
    public bool IsLastOfGroup { get; set; }

    /// <summary>Whether any of its transactions begins with one.</summary>
    public bool HasCommitPoint { get; set; }

    /// <summary>Epoch of all its transactions.</summary>
    public ulong Epoch { get; set; }

    /// <summary>State hash that the last transaction recorded.</summary>
    public UInt128 StateHash { get; set; }

    /// <summary>Value of the hash chain that the last transaction recorded.</summary>
    public ChainValue Chain { get; set; }

    /// <summary>Value that the transaction before the last recorded; null if there is one transaction only.</summary>
    public ChainValue? ChainBefore { get; set; }

    /// <summary>The calls with an idempotency key, by digest of caller and key.</summary>
    public List<KeyValuePair<UInt128, KnownCall>> KeyedCalls { get; } = [];

    /// <summary>Empties it for other events and keeps the memory.</summary>
    public void Begin(Revision from, Revision until)
    {
        foreach (ChangeBatch batch in _batches) batch.Clear();
        (From, Until, First, Next) = (from, until, from, from);
        TransactionCount = 0;
        HasCommitPoint = false;
        ChainBefore = null;
        KeyedCalls.Clear();
    }

    /// <summary>Takes the changes from an event on out again.</summary>
    public void CutFrom(Revision revision)
    {
        foreach (ChangeBatch batch in _batches) batch.CutFrom((int)(revision.Value - From.Value));
    }
}
