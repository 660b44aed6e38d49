using System.Buffers.Binary;

namespace Interstice.Host.Timers;

/// <summary>What a reducer that a timer calls can ask about it: the import <c>firing</c> (docs/abi.md).</summary>
/// <param name="Timer">The timer's number.</param>
/// <param name="DueUs">When the tick was due, microseconds since the Unix epoch; of several, the first.</param>
/// <param name="Ticks">How many ticks it stands for, 1 or more.</param>
/// <param name="Attempt">1 for the first attempt.</param>
public sealed record TimerFiring(ulong Timer, long DueUs, ulong Ticks, uint Attempt)
{
    /// <summary>Bytes of <see cref="Write"/>.</summary>
    public const int Bytes = 28;

    /// <summary>Writes it as a struct of u64, timestamp, u64 and u32 in the canonical encoding.</summary>
    /// <param name="destination">Room for <see cref="Bytes"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Timer);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], DueUs);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Ticks);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], Attempt);
    }
}
