using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tables;

/// <summary>Room for one key, kept from use to use.</summary>
internal struct KeyScratch
{
    private byte[]? _bytes;
    private int _length;
    private int _indexLength;

    /// <summary>The key that was written last.</summary>
    internal readonly ReadOnlySpan<byte> Key => _bytes.AsSpan(0, _length);

    /// <summary>The index's own part of it, without the primary key behind.</summary>
    internal readonly ReadOnlySpan<byte> IndexKey => _bytes.AsSpan(0, _indexLength);

    internal ReadOnlySpan<byte> Write(RowKeys keys, ReadOnlySpan<byte> row)
    {
        _length = keys.Write(row, Room(keys.LengthMax(row)), out _indexLength);
        return Key;
    }

    internal ReadOnlySpan<byte> Write(KeyCodec key, ReadOnlySpan<byte> row)
    {
        _indexLength = _length = key.Write(row, Room(key.LengthMax(row)));
        return Key;
    }

    private byte[] Room(int length)
    {
        if (_bytes is null || _bytes.Length < length) _bytes = new byte[Math.Max(length, 32)];
        return _bytes;
    }
}
