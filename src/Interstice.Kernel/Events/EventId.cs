using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Interstice.Kernel.Events;

/// <summary>How the events of one transaction get their ids: the first has the transaction's id, each further one the id
/// that follows.</summary>
/// <remarks>"Follows" means that the last four bytes of the id, read as a big-endian number, rise by one and wrap at 2^32,
/// so that the text of the ids differs in the last eight hex digits. A store may write such a run as its first id.</remarks>
public static class EventId
{
    private const int CounterOffset = 12;

    /// <summary>The id of one event of a transaction.</summary>
    /// <param name="transaction">Id of the transaction, and of its first event.</param>
    /// <param name="index">Index of the event in the transaction, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative.</exception>
    public static Guid Derive(Guid transaction, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Guid>(ref transaction));
        Span<byte> counter = bytes[CounterOffset..];
        BinaryPrimitives.WriteUInt32BigEndian(counter, unchecked(
            BinaryPrimitives.ReadUInt32BigEndian(counter) + (uint)index));
        return transaction;
    }
}
