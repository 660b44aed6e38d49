using Interstice.Kernel.Events;

namespace Interstice.Host.Timers;

/// <summary>A row of <c>_timers</c> (docs/formats/system-tables.md).</summary>
/// <param name="Id">Number of the timer; 0 asks for the next.</param>
/// <param name="NextUs">When it is tried next.</param>
/// <param name="DueUs">When this tick was due.</param>
/// <param name="IntervalUs">From one due time to the next; 0 for a timer that fires once.</param>
/// <param name="Attempts">Failed attempts of this tick.</param>
/// <param name="Missed">What becomes of ticks that were missed.</param>
/// <param name="Reducer">What it calls.</param>
/// <param name="Arguments">With what, in the canonical encoding.</param>
/// <param name="Error">How the last attempt failed; empty for none.</param>
internal sealed record TimerRow(
    ulong Id, long NextUs, long DueUs, long IntervalUs, uint Attempts, MissedTicks Missed, string Reducer, byte[] Arguments, string Error)
{
    /// <summary>Number of the index by <see cref="NextUs"/>.</summary>
    public const int ByNext = 1;

    private const int NextOffset = sizeof(ulong);

    /// <summary>Reads a row.</summary>
    public static TimerRow Read(ReadOnlySpan<byte> row)
    {
        var reader = new PayloadReader(row);
        var read = new TimerRow(
            reader.UInt64(),
            reader.Int64(),
            reader.Int64(),
            reader.Int64(),
            reader.UInt32(),
            (MissedTicks)reader.Byte(),
            reader.String(),
            reader.Bytes().ToArray(),
            reader.String());
        reader.ExpectEnd();
        return read;
    }

    /// <summary>When the timer of a row is tried next.</summary>
    public static long NextOf(ReadOnlySpan<byte> row) =>
        System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(row[NextOffset..]);

    /// <summary>Appends the row to a buffer.</summary>
    public void Write(PayloadWriter writer)
    {
        writer.UInt64(Id);
        writer.Int64(NextUs);
        writer.Int64(DueUs);
        writer.Int64(IntervalUs);
        writer.UInt32(Attempts);
        writer.Byte((byte)Missed);
        writer.String(Reducer);
        writer.Bytes(Arguments);
        writer.String(Error);
    }
}
