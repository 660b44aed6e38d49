using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Interstice.Journal.Segments;

/// <summary>The number that begins an event: what it has, and its type.</summary>
internal static class EventHead
{
    public const ulong IsJson = 1;

    /// <summary>The id is written out; else it follows that of the event before it.</summary>
    public const ulong HasId = 2;

    public const ulong HasMetadata = 4;

    public const int TypeShift = 3;

    /// <summary>The id that follows one by so many: its last four bytes, read as a big-endian number, are so much higher. The
    /// ids of one transaction follow each other so (<see cref="Interstice.Kernel.Events.TransactionId"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Guid Next(Guid id, int count)
    {
        ref uint counter = ref Unsafe.Add(ref Unsafe.As<Guid, uint>(ref id), 3);
        counter = BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReverseEndianness(unchecked(BinaryPrimitives.ReverseEndianness(counter) + (uint)count))
            : unchecked(counter + (uint)count);
        return id;
    }
}
