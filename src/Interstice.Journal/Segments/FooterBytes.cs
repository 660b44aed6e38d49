using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Segments;

/// <summary>The parts that the index of a segment is made of, as bytes (docs/formats/segment.md): of the writer, and of the verifier that
/// makes the index again.</summary>
internal sealed class FooterBytes
{
    private const int IdBytes = 16;

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    /// <summary>Number of bytes.</summary>
    public int Count => _bytes.WrittenCount;

    /// <summary>What was added.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Empties it and keeps the memory.</summary>
    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>Adds bytes as they are.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>Adds a number in as few bytes as it needs.</summary>
    public void AddNumber(long value)
    {
        int length = 0;
        Varint.Write(_bytes.GetSpan(Varint.BytesMax), ref length, (ulong)value);
        _bytes.Advance(length);
    }

    /// <summary>Adds a number of eight bytes.</summary>
    public void AddInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    /// <summary>Adds the length of a name and the name.</summary>
    public void AddName(string name)
    {
        AddNumber(Encoding.UTF8.GetByteCount(name));
        Encoding.UTF8.GetBytes(name, _bytes);
    }

    /// <summary>Adds the settings of the stream that a metadata stream belongs to.</summary>
    /// <param name="code">Number of the metadata stream in the segment.</param>
    /// <param name="settings">The settings.</param>
    public void AddSettings(int code, StreamMetadata settings)
    {
        byte[] json = MetadataJson.Write(settings);
        AddNumber(code);
        AddNumber(json.Length);
        Add(json);
    }

    /// <summary>Adds an append that expected nothing.</summary>
    /// <param name="id">Id of its first event.</param>
    /// <param name="code">Number of its stream in the segment.</param>
    /// <param name="revision">Revision of its first event.</param>
    public void AddRecent(Guid id, int code, long revision)
    {
        id.TryWriteBytes(_bytes.GetSpan(IdBytes));
        _bytes.Advance(IdBytes);
        AddNumber(code);
        AddNumber(revision);
    }
}
