using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Interstice.Kernel.Events;

/// <summary>Identity of a transaction: 96 bits chosen by the host. With an index it gives the id of each event.</summary>
/// <remarks>An event id is these 96 bits followed by 32 bits, big-endian: the number of the stream among those that the transaction is in,
/// and in the lower <see cref="IndexBits"/> the event's index there. So a retried append is idempotent, the transaction of an event can be
/// read off its id, and no two events of a transaction over several streams have the same.</remarks>
/// <param name="High">First 64 bits, random per host start.</param>
/// <param name="Low">Last 32 bits, counted up by the host.</param>
public readonly record struct TransactionId(ulong High, uint Low)
{
    /// <summary>Bits of the index; a transaction has fewer events in a stream than they count.</summary>
    public const int IndexBits = 20;

    private const int IndexMask = (1 << IndexBits) - 1;

    /// <summary>The id of one event of this transaction in one of its streams.</summary>
    /// <param name="stream">Number of the stream in the transaction: 0 for that of the module that was called from outside.</param>
    /// <param name="index">0 for the first event in the stream.</param>
    public Guid EventIdIn(int stream, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stream);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stream, int.MaxValue >> IndexBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)index, (uint)IndexMask, nameof(index));
        return EventId((stream << IndexBits) | index);
    }

    /// <summary>The id of one event of this transaction.</summary>
    /// <param name="index">0 for the first event.</param>
    public Guid EventId(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return BitConverter.IsLittleEndian ? EventIdInRegisters(index) : EventIdInMemory(index);
    }

    // A GUID begins with a number of 32 bits and two of 16 in the byte order of the machine. Three of these are made for a small
    // transaction: what is written in parts and read as a whole costs a wait each time.
    private Guid EventIdInRegisters(int index)
    {
        ulong first = (High >> 32) | ((High << 16) & 0x0000_FFFF_0000_0000) | (High << 48);
        ulong last = BinaryPrimitives.ReverseEndianness(((ulong)Low << 32) | (uint)index);
        return Unsafe.BitCast<Vector128<ulong>, Guid>(Vector128.Create(first, last));
    }

    private Guid EventIdInMemory(int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Low);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], index);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Takes an event id apart.</summary>
    /// <param name="eventId">An id made by <see cref="EventId(int)"/>.</param>
    /// <param name="index">Index of the event among those of its transaction in its stream; negative for an id that was not made by it.</param>
    public static TransactionId OfEvent(Guid eventId, out int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        eventId.TryWriteBytes(bytes, bigEndian: true, out _);
        index = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        if (index > IndexMask) index &= IndexMask;
        return new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
    }

    /// <summary>The id of the event after one of the same transaction.</summary>
    /// <param name="eventId">An id made by <see cref="EventId(int)"/>.</param>
    public static Guid NextEvent(Guid eventId)
    {
        // The index is the last four bytes, in memory as in text.
        Span<byte> index = MemoryMarshal.AsBytes(new Span<Guid>(ref eventId))[12..];
        BinaryPrimitives.WriteUInt32BigEndian(index, unchecked(BinaryPrimitives.ReadUInt32BigEndian(index) + 1));
        return eventId;
    }

    /// <summary>24 hexadecimal digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x8}";
}
