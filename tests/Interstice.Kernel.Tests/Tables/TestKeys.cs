using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Keys of a tree under test: entry i has key i.</summary>
/// <param name="fixedLength">Bytes of every key, or null where they differ or nobody is to know.</param>
internal sealed class TestKeys(int? fixedLength = null) : EntryKeys
{
    private readonly List<byte[]> _keys = [];

    internal override int? FixedLength => fixedLength;

    internal uint Add(byte[] key)
    {
        _keys.Add(key);
        return (uint)_keys.Count - 1;
    }

    protected override bool TryWrite(uint reference, Span<byte> destination, out int length)
    {
        byte[] key = _keys[(int)reference];
        length = key.Length;
        return key.AsSpan().TryCopyTo(destination);
    }
}
