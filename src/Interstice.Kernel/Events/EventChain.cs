using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Interstice.Kernel.Events;

/// <summary>Computes a module stream's hash chain, link by link (docs/formats/events.md, Hash chain). A link is a transaction, a
/// publication or a change of ownership.</summary>
/// <remarks>
/// A link is gathered in one buffer and hashed in one go: calls into the hash cost more than copying. Only what passes
/// <see cref="GatheredBytesMax"/> is hashed before the link ends, so that the buffer stays small whatever a log holds.
/// Invariant: <see cref="Value"/> is the value after the last link that was ended or taken over. Not thread-safe.
/// </remarks>
[SuppressMessage(
    "Design",
    "CA1001:Types that own disposable fields should be disposable",
    Justification = "The hash holds one native context with a finalizer, and a chain lives as long as its projection.")]
public sealed class EventChain
{
    private const int GatheredBytesMax = 1024 * 1024;
    private const int FirstBytes = 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _gathered = new byte[FirstBytes];
    private int _length;
    private bool _isHashing;

    /// <summary>Makes the chain of an empty stream.</summary>
    /// <param name="stream">The stream.</param>
    public EventChain(StreamName stream) => Value = ChainValue.Start(stream);

    /// <summary>The value after the last link.</summary>
    public ChainValue Value { get; private set; }

    /// <summary>Begins a link; what was gathered of another is dropped.</summary>
    /// <param name="first">Revision of its first event.</param>
    public void Begin(Revision first)
    {
        // Empties the hash of a link that was begun and never ended.
        if (_isHashing) _hash.GetHashAndReset();
        _isHashing = false;
        _length = 0;
        Span<byte> room = Room(ChainValue.Bytes + sizeof(long));
        Value.Write(room);
        BinaryPrimitives.WriteInt64LittleEndian(room[ChainValue.Bytes..], first.Value);
    }

    /// <summary>Adds the next event of the link.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="type">Its type.</param>
    /// <param name="isJson">Its content type.</param>
    /// <param name="data">Its payload.</param>
    /// <param name="metadata">Its metadata, but for the chain value at its end.</param>
    public void Add(Guid id, string type, bool isJson, ReadOnlySpan<byte> data, ReadOnlySpan<byte> metadata)
    {
        const int guidBytes = 16;
        ArgumentNullException.ThrowIfNull(type);
        int typeBytes = Encoding.UTF8.GetByteCount(type);
        Span<byte> room = Room(guidBytes + 1 + (3 * sizeof(int)) + typeBytes + data.Length + metadata.Length);
        id.TryWriteBytes(room, bigEndian: true, out _);
        room[guidBytes] = isJson ? (byte)1 : (byte)0;
        room = room[(guidBytes + 1)..];
        BinaryPrimitives.WriteInt32LittleEndian(room, typeBytes);
        Encoding.UTF8.GetBytes(type, room[sizeof(int)..]);
        room = WriteBytes(room[(sizeof(int) + typeBytes)..], data);
        WriteBytes(room, metadata);
        if (_length > GatheredBytesMax) Drain();
    }

    /// <summary>Adds an event that was read.</summary>
    /// <param name="recorded">The event; borrowed.</param>
    /// <param name="hasValue">Whether its metadata ends with a chain value, which is then left out.</param>
    public void Add(in RecordedEvent recorded, bool hasValue)
    {
        ReadOnlySpan<byte> metadata = recorded.Metadata.Span;
        if (hasValue) metadata = metadata[..^ChainValue.Bytes];
        Add(recorded.Id, recorded.Type, recorded.IsJson, recorded.Data.Span, metadata);
    }

    /// <summary>Ends the link: <see cref="Value"/> is the value after it.</summary>
    public ChainValue End()
    {
        Span<byte> value = stackalloc byte[ChainValue.Bytes];
        Drain();
        _hash.GetHashAndReset(value);
        _isHashing = false;
        return Value = ChainValue.Read(value);
    }

    /// <summary>Goes to a value that is known: back, when links were undone, or on, to one that was recorded.</summary>
    public void MoveTo(ChainValue value) => Value = value;

    private void Drain()
    {
        _hash.AppendData(_gathered.AsSpan(0, _length));
        _length = 0;
        _isHashing = true;
    }

    private static Span<byte> WriteBytes(Span<byte> room, ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(room, bytes.Length);
        bytes.CopyTo(room[sizeof(int)..]);
        return room[(sizeof(int) + bytes.Length)..];
    }

    private Span<byte> Room(int bytes)
    {
        if (_gathered.Length - _length < bytes)
            Array.Resize(ref _gathered, checked(Math.Max(_gathered.Length * 2, _length + bytes)));
        Span<byte> room = _gathered.AsSpan(_length, bytes);
        _length += bytes;
        return room;
    }
}
