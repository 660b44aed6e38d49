using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Inspection;

/// <summary>An event of the log with what is known about it: its transaction and the declarations it was written
/// under.</summary>
/// <remarks>Borrows the memory of the event.</remarks>
public sealed class LoggedEvent
{
    /// <summary>The event.</summary>
    public required RecordedEvent Recorded { get; init; }

    /// <summary>The module whose stream it is in; null for other streams.</summary>
    public string? Module { get; init; }

    /// <summary>What it does, in one word; null for what is none of Interstice's types.</summary>
    public string? Operation { get; init; }

    /// <summary>Name of the table, or of the emitted event.</summary>
    public string? Subject { get; init; }

    /// <summary>The table, where the declarations are known.</summary>
    public TableSchema? Table { get; init; }

    /// <summary>The emitted event, where the declarations are known.</summary>
    public EventSchema? Emitted { get; init; }

    /// <summary>The row after the event, the row deleted, or the payload.</summary>
    public ReadOnlyMemory<byte> Row { get; init; }

    /// <summary>The row before an update.</summary>
    public ReadOnlyMemory<byte> OldRow { get; init; }

    /// <summary>Id of the transaction, for events of one.</summary>
    public TransactionId? Transaction { get; init; }

    /// <summary>Index in the transaction.</summary>
    public int Index { get; init; }

    /// <summary>The call of the transaction, for events of one.</summary>
    public TransactionRecord? Call { get; init; }

    /// <summary>The reducer that was called, where the declarations are known.</summary>
    public ReducerSchema? Reducer { get; init; }

    /// <summary>Whether it is of a void transaction: one that changed nothing, because another host had taken the module over before it
    /// arrived.</summary>
    public bool IsVoid { get; init; }

    /// <summary>Whether it is the first event of its transaction.</summary>
    public bool IsFirst => Transaction is not null && Index == 0;

    /// <summary>When the call ran; for events of no call, when the store recorded them.</summary>
    public long TimeUs => Call?.TimeUs ?? Recorded.CreatedUs;
}
