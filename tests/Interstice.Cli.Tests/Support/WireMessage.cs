using System.Buffers.Binary;
using System.Text;

namespace Interstice.Cli.Tests.Support;

/// <summary>A protobuf message, read by the numbers of its fields and nothing else.</summary>
public sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, byte[]? Bytes)> _fields = [];

    public WireMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            ulong tag = ReadVarint(ref bytes);
            int field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, ReadVarint(ref bytes), null));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadUInt64LittleEndian(bytes), null));
                    bytes = bytes[8..];
                    break;
                case 2:
                    int length = (int)ReadVarint(ref bytes);
                    _fields.Add((field, 0, bytes[..length].ToArray()));
                    bytes = bytes[length..];
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadUInt32LittleEndian(bytes), null));
                    bytes = bytes[4..];
                    break;
                default: throw new InvalidDataException($"field {field} has the wire type {tag & 7}");
            }
        }
    }

    public IEnumerable<WireMessage> Messages(params ReadOnlySpan<int> path)
    {
        IEnumerable<WireMessage> found = [this];
        foreach (int field in path) found = found.SelectMany(message => message.Bytes(field).Select(bytes => new WireMessage(bytes)));
        return found;
    }

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).SingleOrDefault() ?? []);

    public long Number(int field) => (long)_fields.Where(known => known.Field == field).Select(known => known.Number).SingleOrDefault();

    public double Real(int field) => BitConverter.Int64BitsToDouble(Number(field));

    public bool Has(int field) => _fields.Any(known => known.Field == field);

    private byte[][] Bytes(int field) => [.. _fields.Where(known => known.Field == field && known.Bytes is not null).Select(known => known.Bytes!)];

    private static ulong ReadVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
