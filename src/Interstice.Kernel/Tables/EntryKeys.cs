namespace Interstice.Kernel.Tables;

/// <summary>Computes the whole key of an entry of a <see cref="BTree"/> from its reference.</summary>
internal abstract class EntryKeys
{
    private byte[] _scratch = new byte[64];

    /// <summary>Bytes of every key of this index, or null where keys differ in length.</summary>
    internal abstract int? FixedLength { get; }

    /// <summary>The whole key of an entry; borrowed until the next call.</summary>
    internal ReadOnlySpan<byte> this[uint reference]
    {
        get
        {
            int length;
            while (!TryWrite(reference, _scratch, out length)) _scratch = new byte[Math.Max(length, _scratch.Length * 2)];
            return _scratch.AsSpan(0, length);
        }
    }

    /// <summary>Writes the key of an entry.</summary>
    /// <param name="reference">The entry's reference.</param>
    /// <param name="destination">Takes the key.</param>
    /// <param name="length">Bytes written, or needed at most if the destination is too short.</param>
    protected abstract bool TryWrite(uint reference, Span<byte> destination, out int length);
}
