using System.Runtime.InteropServices;
using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Mutations;

/// <summary>The versions of rows that a transaction has written, and the bytes of everything that it holds. A reference is the
/// number of a version.</summary>
internal sealed class OverlayRows : RowSource
{
    private const int BytesKept = 1 << 20;
    private const int VersionsKept = 1 << 14;

    private readonly List<OverlayVersion> _versions = [];
    private byte[] _bytes = new byte[4096];

    internal override ReadOnlySpan<byte> this[uint reference]
    {
        get
        {
            ref readonly OverlayVersion version = ref Version((int)reference);
            return _bytes.AsSpan(version.Offset, version.Length);
        }
    }

    /// <summary>The array that all offsets belong to. A larger one takes its place when it is full; what was there stays as it
    /// is in both.</summary>
    internal byte[] Bytes => _bytes;

    internal int Length { get; private set; }

    internal int VersionCount => _versions.Count;

    internal ref readonly OverlayVersion Version(int number) => ref CollectionsMarshal.AsSpan(_versions)[number];

    internal int AddVersion(in OverlayVersion version)
    {
        _versions.Add(version);
        return _versions.Count - 1;
    }

    internal void RemoveLastVersion() => _versions.RemoveAt(_versions.Count - 1);

    internal int Append(ReadOnlySpan<byte> bytes)
    {
        int offset = Length;
        if (bytes.Length > _bytes.Length - offset)
            Array.Resize(ref _bytes, Math.Max((int)Math.Min(_bytes.Length * 2L, Array.MaxLength), checked(offset + bytes.Length)));
        bytes.CopyTo(_bytes.AsSpan(offset));
        Length += bytes.Length;
        return offset;
    }

    internal void Truncate(int length) => Length = length;

    internal void Clear()
    {
        Length = 0;
        if (_bytes.Length > BytesKept) _bytes = new byte[4096];
        _versions.Clear();
        if (_versions.Capacity > VersionsKept) _versions.Capacity = 0;
    }
}
