using System.Buffers.Binary;

namespace Interstice.Kernel.Events;

/// <summary>Payloads of the events that change a row, and of emitted events. Byte tables: docs/formats/events.md.</summary>
/// <remarks>Encoding and decoding stand side by side; rows are passed as canonical bytes and never interpreted here.</remarks>
public static class RowEvent
{
    /// <summary>Newest version of these payloads that this program writes.</summary>
    public const byte FormatVersion = 1;

    /// <summary>Writes a <see cref="EventTypes.RowInserted"/>, <see cref="EventTypes.RowDeleted"/> or
    /// <see cref="EventTypes.EventEmitted"/>.</summary>
    /// <param name="writer">The buffer.</param>
    /// <param name="name">UTF-8 name of the table or event.</param>
    /// <param name="content">The row or payload.</param>
    public static void Write(PayloadWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Bytes(name);
        writer.Bytes(content);
    }

    /// <summary>Writes a <see cref="EventTypes.RowUpdated"/>.</summary>
    /// <param name="writer">The buffer.</param>
    /// <param name="table">UTF-8 name of the table.</param>
    /// <param name="oldRow">The row before.</param>
    /// <param name="newRow">The row after.</param>
    public static void WriteUpdate(
        PayloadWriter writer,
        ReadOnlySpan<byte> table,
        ReadOnlySpan<byte> oldRow,
        ReadOnlySpan<byte> newRow)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
        writer.Bytes(table);
        writer.Bytes(oldRow);
        writer.Bytes(newRow);
    }

    /// <summary>Reads a <see cref="EventTypes.RowInserted"/>, <see cref="EventTypes.RowDeleted"/> or
    /// <see cref="EventTypes.EventEmitted"/>.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="name">UTF-8 name of the table or event, a part of <paramref name="payload"/>.</param>
    /// <param name="content">The row or payload, a part of <paramref name="payload"/>.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static void Read(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content)
    {
        var reader = new PayloadReader(payload);
        reader.Version(FormatVersion);
        name = reader.Bytes();
        content = reader.Bytes();
        reader.ExpectEnd();
    }

    /// <summary>Reads a <see cref="EventTypes.RowUpdated"/>.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="table">UTF-8 name of the table, a part of <paramref name="payload"/>.</param>
    /// <param name="oldRow">The row before, a part of <paramref name="payload"/>.</param>
    /// <param name="newRow">The row after, a part of <paramref name="payload"/>.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static void ReadUpdate(
        ReadOnlySpan<byte> payload,
        out ReadOnlySpan<byte> table,
        out ReadOnlySpan<byte> oldRow,
        out ReadOnlySpan<byte> newRow)
    {
        var reader = new PayloadReader(payload);
        reader.Version(FormatVersion);
        table = reader.Bytes();
        oldRow = reader.Bytes();
        newRow = reader.Bytes();
        reader.ExpectEnd();
    }

    /// <summary>Reads what <see cref="Read"/> reads, without an exception.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="name">UTF-8 name of the table or event, a part of <paramref name="payload"/>.</param>
    /// <param name="content">The row or payload, a part of <paramref name="payload"/>.</param>
    /// <returns><see langword="false"/> if the bytes are no such payload.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content)
    {
        content = default;
        return TryReadVersion(ref payload, out name) && TryTake(ref payload, out name) && TryTake(ref payload, out content)
            && payload.IsEmpty;
    }

    /// <summary>Reads what <see cref="ReadUpdate"/> reads, without an exception.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="table">UTF-8 name of the table, a part of <paramref name="payload"/>.</param>
    /// <param name="oldRow">The row before, a part of <paramref name="payload"/>.</param>
    /// <param name="newRow">The row after, a part of <paramref name="payload"/>.</param>
    /// <returns><see langword="false"/> if the bytes are no such payload.</returns>
    public static bool TryReadUpdate(
        ReadOnlySpan<byte> payload,
        out ReadOnlySpan<byte> table,
        out ReadOnlySpan<byte> oldRow,
        out ReadOnlySpan<byte> newRow)
    {
        oldRow = newRow = default;
        return TryReadVersion(ref payload, out table) && TryTake(ref payload, out table) && TryTake(ref payload, out oldRow)
            && TryTake(ref payload, out newRow) && payload.IsEmpty;
    }

    private static bool TryReadVersion(scoped ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (payload.IsEmpty || payload[0] is 0 or > FormatVersion) return false;
        payload = payload[1..];
        return true;
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (payload.Length < sizeof(uint)) return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(payload);
        if (length > (uint)(payload.Length - sizeof(uint))) return false;
        taken = payload.Slice(sizeof(uint), (int)length);
        payload = payload[(sizeof(uint) + (int)length)..];
        return true;
    }
}
