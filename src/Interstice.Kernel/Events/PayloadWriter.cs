using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Interstice.Kernel.Events;

/// <summary>A growing buffer with writers in the canonical encoding. Not thread-safe; the array is pooled until
/// <see cref="Dispose"/>.</summary>
public sealed class PayloadWriter : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer;

    /// <summary>Makes an empty one.</summary>
    /// <param name="capacity">First size in bytes, 1 or more.</param>
    public PayloadWriter(int capacity = 256) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>What was written, valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>What was written, valid until the next write, <see cref="Clear"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>A part of what was written, to be written again; valid until the next write.</summary>
    /// <param name="start">Offset of its first byte.</param>
    /// <param name="length">Bytes, all of them written before.</param>
    public Span<byte> Part(int start, int length) => _buffer.AsSpan(0, Length).Slice(start, length);

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>Cuts off what was written after a point.</summary>
    /// <param name="length">0 to <see cref="Length"/>.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    /// <summary>One byte.</summary>
    public void Byte(byte value) => Room(1)[0] = value;

    /// <summary>Four bytes, little-endian.</summary>
    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    /// <summary>Four bytes, little-endian.</summary>
    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);

    /// <summary>Eight bytes, little-endian.</summary>
    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);

    /// <summary>Eight bytes, little-endian.</summary>
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);

    /// <summary>Sixteen bytes, little-endian.</summary>
    public void UInt128(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Room(16), value);

    /// <summary>Bytes as they are, without a length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    /// <summary>A length as u32 and the bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = Room(4 + bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room, bytes.Length);
        bytes.CopyTo(room[4..]);
    }

    /// <summary>A length as u32 and the UTF-8 of a text.</summary>
    public void String(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> room = Room(4 + length);
        BinaryPrimitives.WriteInt32LittleEndian(room, length);
        Encoding.UTF8.GetBytes(text, room[4..]);
    }

    /// <summary>The 32 bytes of an identity.</summary>
    public void Identity(Identity identity) => identity.Write(Room(Events.Identity.Bytes));

    /// <summary>The 32 bytes of a code hash.</summary>
    public void CodeHash(CodeHash hash) => hash.Write(Room(Events.CodeHash.Bytes));

    /// <summary>The 32 bytes of a chain value.</summary>
    public void ChainValue(ChainValue value) => value.Write(Room(Events.ChainValue.Bytes));

    /// <summary>The 16 bytes of a GUID, big-endian as in its text.</summary>
    public void Guid(Guid value) => value.TryWriteBytes(Room(16), bigEndian: true, out _);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - Length));
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(Length);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        Length = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private Span<byte> Room(int bytes)
    {
        Reserve(bytes);
        Span<byte> room = _buffer.AsSpan(Length, bytes);
        Length += bytes;
        return room;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - Length >= bytes) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_buffer.Length * 2, Length + bytes)));
        Written.CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
