using System.Buffers.Binary;
using Interstice.EventStoreDb.Protocol.Messages;

namespace EventStore.Client;

/// <summary>An identity of 128 bits.</summary>
public readonly record struct Uuid
{
    private readonly Guid _value;

    private Uuid(Guid value) => _value = value;

    /// <summary>All bits zero.</summary>
    public static readonly Uuid Empty;

    /// <summary>A new random one.</summary>
    public static Uuid NewUuid() => new(Guid.NewGuid());

    /// <summary>The same identity.</summary>
    public static Uuid FromGuid(Guid value) => new(value);

    /// <summary>Reads the textual form.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static Uuid Parse(string value) => new(Guid.Parse(value));

    /// <summary>Makes one of the big-endian halves of the textual form.</summary>
    public static Uuid FromInt64(long msb, long lsb)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, msb);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], lsb);
        return new Uuid(new Guid(bytes, bigEndian: true));
    }

    /// <summary>The same identity.</summary>
    public Guid ToGuid() => _value;

    /// <inheritdoc/>
    public override string ToString() => _value.ToString();

    internal static Uuid FromDto(UUID? dto) => dto?.ValueCase switch
    {
        UUID.ValueOneofCase.String => Parse(dto.String),
        UUID.ValueOneofCase.Structured => FromInt64(dto.Structured.MostSignificantBits, dto.Structured.LeastSignificantBits),
        _ => Empty,
    };

    internal UUID ToDto()
    {
        Span<byte> bytes = stackalloc byte[16];
        _value.TryWriteBytes(bytes, bigEndian: true, out _);
        return new UUID
        {
            Structured = new UUID.Types.Structured
            {
                MostSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes),
                LeastSignificantBits = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]),
            },
        };
    }
}
