using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;

namespace Interstice.Host.Snapshots;

/// <summary>What a snapshot says of itself: what it was taken from, and everything that a projection knows besides its
/// rows (docs/formats/snapshot.md).</summary>
public sealed record SnapshotHeader
{
    private const byte HasRecordedHash = 1;
    private const byte HasChain = 1;

    /// <summary>The store.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>The module.</summary>
    public required string Module { get; init; }

    /// <summary>Last revision that it holds.</summary>
    public required Revision Revision { get; init; }

    /// <summary>Position of the event at <see cref="Revision"/>.</summary>
    public required Position Position { get; init; }

    /// <summary>Id of the event at <see cref="Revision"/>.</summary>
    public required Guid EventId { get; init; }

    /// <summary>Revision of the first event of the last transaction, or <see cref="Revision.None"/>.</summary>
    public required Revision TransactionAt { get; init; }

    /// <summary>Transactions from the first on.</summary>
    public required long TransactionCount { get; init; }

    /// <summary>Epoch of the owner.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Hash of its rows and counters.</summary>
    public required StateHash StateHash { get; init; }

    /// <summary>The hash that the last transaction recorded, or null without one.</summary>
    public required UInt128? RecordedHash { get; init; }

    /// <summary>Whether the log recorded a value of the hash chain by then.</summary>
    public required bool IsChained { get; init; }

    /// <summary>Value of the hash chain at <see cref="Revision"/>.</summary>
    public required ChainValue Chain { get; init; }

    /// <summary>Revision of <see cref="Published"/>.</summary>
    public required Revision PublishedAt { get; init; }

    /// <summary>The build in force, with the schema that the rows were written under.</summary>
    public required ModulePublished Published { get; init; }

    /// <summary>Number of tables that follow.</summary>
    public required int TableCount { get; init; }

    /// <summary>Name of its file.</summary>
    public SnapshotName Name => new(Module, Revision);

    internal void Write(PayloadWriter writer)
    {
        writer.Guid(StoreId);
        writer.String(Module);
        writer.Int64(Revision.Value);
        writer.UInt64(Position.Commit);
        writer.UInt64(Position.Prepare);
        writer.Guid(EventId);
        writer.Int64(TransactionAt.Value);
        writer.Int64(TransactionCount);
        writer.UInt64(Epoch);
        writer.UInt128(StateHash.Value);
        writer.Byte(RecordedHash is null ? (byte)0 : HasRecordedHash);
        writer.UInt128(RecordedHash ?? 0);
        writer.Byte(IsChained ? HasChain : (byte)0);
        writer.ChainValue(Chain);
        writer.Int64(PublishedAt.Value);
        writer.Bytes(Published.ToBytes());
        writer.Int32(TableCount);
    }

    internal static SnapshotHeader Read(ref PayloadReader reader)
    {
        Guid storeId = reader.Guid();
        string module = reader.String();
        var revision = new Revision(reader.Int64());
        var position = new Position(reader.UInt64(), reader.UInt64());
        Guid eventId = reader.Guid();
        var transactionAt = new Revision(reader.Int64());
        long transactionCount = reader.Int64();
        ulong epoch = reader.UInt64();
        var stateHash = new StateHash(reader.UInt128());
        bool hasRecorded = reader.Byte() == HasRecordedHash;
        UInt128 recorded = reader.UInt128();
        bool isChained = reader.Byte() == HasChain;
        ChainValue chain = reader.ChainValue();
        var header = new SnapshotHeader
        {
            StoreId = storeId,
            Module = module,
            Revision = revision,
            Position = position,
            EventId = eventId,
            TransactionAt = transactionAt,
            TransactionCount = transactionCount,
            Epoch = epoch,
            StateHash = stateHash,
            RecordedHash = hasRecorded ? recorded : null,
            IsChained = isChained,
            Chain = chain,
            PublishedAt = new Revision(reader.Int64()),
            Published = ModulePublished.Read(reader.Bytes()),
            TableCount = reader.Int32(),
        };
        reader.ExpectEnd();
        return header;
    }
}
