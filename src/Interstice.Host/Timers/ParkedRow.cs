using Interstice.Kernel.Events;

namespace Interstice.Host.Timers;

/// <summary>A row of <c>_parked</c> (docs/formats/system-tables.md): a timer's tick, or a delivery of a subscription.</summary>
/// <param name="Id">Its number; 0 asks for the next.</param>
/// <param name="Timer">The timer; 0 for a delivery.</param>
/// <param name="Subscription">The subscription; empty for a timer.</param>
/// <param name="SourceRevision">Revision of the delivery in its source; -1 for a timer.</param>
/// <param name="SourceEvent">First event of the delivery; empty for a timer.</param>
/// <param name="DueUs">When it was due, or happened.</param>
/// <param name="Ticks">How many ticks it stands for; 0 for a delivery.</param>
/// <param name="Attempts">How often it failed.</param>
/// <param name="ParkedAtUs">When it was given up.</param>
/// <param name="Reducer">What failed.</param>
/// <param name="Arguments">With what, in the canonical encoding.</param>
/// <param name="Reason">How it failed at last.</param>
internal sealed record ParkedRow(
    ulong Id,
    ulong Timer,
    string Subscription,
    long SourceRevision,
    Guid SourceEvent,
    long DueUs,
    ulong Ticks,
    uint Attempts,
    long ParkedAtUs,
    string Reducer,
    byte[] Arguments,
    string Reason)
{
    /// <summary>Reads a row.</summary>
    public static ParkedRow Read(ReadOnlySpan<byte> row)
    {
        var reader = new PayloadReader(row);
        var read = new ParkedRow(
            reader.UInt64(),
            reader.UInt64(),
            reader.String(),
            reader.Int64(),
            reader.Guid(),
            reader.Int64(),
            reader.UInt64(),
            reader.UInt32(),
            reader.Int64(),
            reader.String(),
            reader.Bytes().ToArray(),
            reader.String());
        reader.ExpectEnd();
        return read;
    }

    /// <summary>Appends the row to a buffer.</summary>
    public void Write(PayloadWriter writer)
    {
        writer.UInt64(Id);
        writer.UInt64(Timer);
        writer.String(Subscription);
        writer.Int64(SourceRevision);
        writer.Guid(SourceEvent);
        writer.Int64(DueUs);
        writer.UInt64(Ticks);
        writer.UInt32(Attempts);
        writer.Int64(ParkedAtUs);
        writer.String(Reducer);
        writer.Bytes(Arguments);
        writer.String(Reason);
    }
}
