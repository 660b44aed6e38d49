using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace EventStore.Client;

/// <summary>Events as they stand in a request of a batch append, written straight from what the caller gave: the bytes that the generated
/// messages give, without making those for each event (streams.proto, <c>BatchAppendReq.ProposedMessage</c>).</summary>
internal static class ProposedBytes
{
    /// <summary>Bytes of the field that says that a chunk is the last one of its append.</summary>
    internal const int FinalBytes = 2;

    private const byte Varint = 0;
    private const byte Delimited = 2;
    private const int EventField = 3;
    private const int FinalField = 4;
    private const int UuidBytesMax = 2 * (1 + 10);

    /// <summary>Bytes of an event as a field of the request.</summary>
    internal static int SizeOf(EventData data) => SizeOfField(SizeOfMessage(data));

    /// <summary>Writes an event as a field of the request.</summary>
    /// <param name="room">Begins with as many bytes as <see cref="SizeOf"/> says.</param>
    /// <param name="data">The event.</param>
    /// <returns>What is left of the room.</returns>
    internal static Span<byte> Write(Span<byte> room, EventData data)
    {
        room = WriteHead(room, EventField, SizeOfMessage(data));
        Span<byte> uuid = stackalloc byte[UuidBytesMax];
        uuid = uuid[..WriteUuid(uuid, data.EventId)];
        room = WriteHead(room, 1, SizeOfField(uuid.Length));
        room = WriteBytes(room, 1, uuid);
        room = WriteEntry(room, "type"u8, data.Type);
        room = WriteEntry(room, "content-type"u8, data.ContentType);
        if (!data.Metadata.IsEmpty) room = WriteBytes(room, 3, data.Metadata.Span);
        return data.Data.IsEmpty ? room : WriteBytes(room, 4, data.Data.Span);
    }

    /// <summary>Writes that a chunk is the last one of its append.</summary>
    internal static void WriteFinal(Span<byte> room) => (room[0], room[1]) = (TagOf(FinalField, Varint), 1);

    private static int SizeOfMessage(EventData data)
    {
        Span<byte> uuid = stackalloc byte[UuidBytesMax];
        int size = SizeOfField(SizeOfField(WriteUuid(uuid, data.EventId)))
            + SizeOfField(SizeOfEntry("type"u8, data.Type)) + SizeOfField(SizeOfEntry("content-type"u8, data.ContentType));
        if (!data.Metadata.IsEmpty) size += SizeOfField(data.Metadata.Length);
        if (!data.Data.IsEmpty) size += SizeOfField(data.Data.Length);
        return size;
    }

    // Both are fields of the entry even where they are empty.
    private static int SizeOfEntry(ReadOnlySpan<byte> key, string value) =>
        SizeOfField(key.Length) + SizeOfField(Encoding.UTF8.GetByteCount(value));

    // A tag of one byte, the length, and so many bytes.
    private static int SizeOfField(int length) => 1 + SizeOfVarint((uint)length) + length;

    private static int SizeOfVarint(ulong value) => 1 + (BitOperations.Log2(value | 1) / 7);

    // The two halves of the textual form, each as a number; one that is zero is left out.
    private static int WriteUuid(Span<byte> room, Uuid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.ToGuid().TryWriteBytes(bytes, bigEndian: true, out _);
        Span<byte> rest = room;
        for (int half = 0; half < 2; half++)
        {
            ulong value = BinaryPrimitives.ReadUInt64BigEndian(bytes[(half * sizeof(ulong))..]);
            if (value == 0) continue;
            rest[0] = TagOf(half + 1, Varint);
            rest = WriteVarint(rest[1..], value);
        }

        return room.Length - rest.Length;
    }

    private static Span<byte> WriteEntry(Span<byte> room, ReadOnlySpan<byte> key, string value)
    {
        room = WriteHead(room, 2, SizeOfEntry(key, value));
        room = WriteBytes(room, 1, key);
        room = WriteHead(room, 2, Encoding.UTF8.GetByteCount(value));
        return room[Encoding.UTF8.GetBytes(value, room)..];
    }

    private static Span<byte> WriteBytes(Span<byte> room, int field, scoped ReadOnlySpan<byte> bytes)
    {
        room = WriteHead(room, field, bytes.Length);
        bytes.CopyTo(room);
        return room[bytes.Length..];
    }

    private static Span<byte> WriteHead(Span<byte> room, int field, int length)
    {
        room[0] = TagOf(field, Delimited);
        return WriteVarint(room[1..], (uint)length);
    }

    private static Span<byte> WriteVarint(Span<byte> room, ulong value)
    {
        int i = 0;
        for (; value >= 0x80; value >>= 7) room[i++] = (byte)(value | 0x80);
        room[i++] = (byte)value;
        return room[i..];
    }

    private static byte TagOf(int field, byte kind) => (byte)((field << 3) | kind);
}
