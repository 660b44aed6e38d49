using System.Collections.Immutable;

namespace Interstice.Kernel.Events;

/// <summary>What a transaction over several modules changes in one that was called, as the commit point holds it.</summary>
/// <param name="Module">Name of the module.</param>
/// <param name="Number">Number of its stream in the transaction, 1 or more (<see cref="TransactionId.EventIdIn"/>).</param>
/// <param name="After">Last revision of its stream when the transaction was committed: the part follows, behind changes of ownership only.</param>
/// <param name="Record">The record of the part, without the value of the hash chain, which is that of the place where the part comes to
/// stand.</param>
/// <param name="Events">The events, one or more.</param>
public sealed record GroupPart(
    string Module, int Number, Revision After, ReadOnlyMemory<byte> Record, ImmutableArray<GroupPart.PartEvent> Events)
{
    /// <summary>Epoch that the part was made in.</summary>
    /// <exception cref="EventFormatException">The record is none.</exception>
    public ulong Epoch => ReadRecord().Epoch;

    /// <summary>Appends the encoding to a buffer.</summary>
    /// <param name="writer">The buffer.</param>
    public void Write(PayloadWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.String(Module);
        writer.Int32(Number);
        writer.Int64(After.Value);
        writer.Bytes(Record.Span);
        writer.Int32(Events.Length);
        foreach (PartEvent each in Events)
        {
            writer.String(each.Type);
            writer.Bytes(each.Data.Span);
        }
    }

    /// <summary>The record as it stands in the stream of a host that completes the transaction.</summary>
    /// <param name="host">The host.</param>
    /// <param name="epoch">Its epoch.</param>
    /// <returns>The metadata of the first event, but for the value of the hash chain behind it.</returns>
    /// <exception cref="EventFormatException">The record is none.</exception>
    public byte[] RecordFor(Guid host, ulong epoch)
    {
        TransactionRecord record = ReadRecord();
        if (record.Host == host && record.Epoch == epoch) return Record.ToArray();
        using var writer = new PayloadWriter();
        (record with { Host = host, Epoch = epoch }).WriteBeforeChain(writer);
        return writer.Written.ToArray();
    }

    internal static GroupPart Read(ref PayloadReader reader)
    {
        string module = reader.String();
        int number = reader.Int32();
        if (number is < 1 or > GroupCommitted.PartsMax) throw new EventFormatException($"stream {number} of a transaction", reader.Offset);
        var after = new Revision(reader.Int64());
        if (after < Revision.First) throw new EventFormatException($"a part behind revision {after}", reader.Offset);
        byte[] record = reader.Bytes().ToArray();
        int count = reader.Int32();
        if (count is < 1 or >= 1 << TransactionId.IndexBits) throw new EventFormatException($"a part of {count} events", reader.Offset);
        var events = ImmutableArray.CreateBuilder<PartEvent>();
        for (int i = 0; i < count; i++) events.Add(PartEvent.Read(ref reader));
        var part = new GroupPart(module, number, after, record, events.ToImmutable());
        if (part.ReadRecord().EventCount != count) throw new EventFormatException("a part whose record has another number of events", reader.Offset);
        return part;
    }

    // The record is one with a chain value, of which the value is left out.
    private TransactionRecord ReadRecord() => TransactionRecord.Read([.. Record.Span, .. new byte[ChainValue.Bytes]]);

    /// <summary>An event of the part.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Data">Its payload.</param>
    public readonly record struct PartEvent(string Type, ReadOnlyMemory<byte> Data)
    {
        internal static PartEvent Read(ref PayloadReader reader)
        {
            string type = reader.String();
            if (!EventTypes.IsOfTransaction(type) || type == EventTypes.GroupCommitted)
                throw new EventFormatException($"an event of type {type} in a part", reader.Offset);
            return new(type, reader.Bytes().ToArray());
        }
    }
}
