namespace Interstice.TestKit.Journals;

/// <summary>The content of a file in memory: as it is shown, as the device holds it, and what lies between.</summary>
internal sealed class MemoryNode
{
    private const int SectorBytes = 512;

    private readonly List<Change> _pending = [];
    private byte[] _shown = [];
    private int _shownLength;
    private byte[] _durable = [];
    private int _durableLength;

    public ReadOnlySpan<byte> Shown => _shown.AsSpan(0, _shownLength);

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        Apply(ref _shown, ref _shownLength, source, (int)offset);
        _pending.Add(new Change((int)offset, source.ToArray()));
    }

    public void SetLength(int length)
    {
        Resize(ref _shown, ref _shownLength, length);
        _pending.Add(new Change(length, null));
    }

    public void Sync()
    {
        foreach (Change change in _pending) Apply(change, change.Bytes?.Length ?? 0, 0);
        _pending.Clear();
    }

    /// <summary>A sync failed: what was pending stays shown and is never written.</summary>
    public void ForgetPending() => _pending.Clear();

    public void LosePower(Random random, double kept)
    {
        foreach (Change change in _pending)
        {
            if (change.Bytes is null)
            {
                if (random.NextDouble() < kept) Apply(change, 0, 0);
                continue;
            }

            // Sectors are written whole, each or not.
            for (int at = 0; at < change.Bytes.Length;)
            {
                int count = Math.Min(change.Bytes.Length - at, SectorBytes - (change.Offset + at) % SectorBytes);
                if (random.NextDouble() < kept) Apply(change, count, at);
                at += count;
            }
        }

        _pending.Clear();
        _shown = _durable.AsSpan(0, _durableLength).ToArray();
        _shownLength = _durableLength;
    }

    private static void Apply(ref byte[] bytes, ref int length, ReadOnlySpan<byte> source, int offset)
    {
        if (offset + source.Length > length) Resize(ref bytes, ref length, offset + source.Length);
        source.CopyTo(bytes.AsSpan(offset));
    }

    private static void Resize(ref byte[] bytes, ref int length, int newLength)
    {
        if (newLength > bytes.Length) Array.Resize(ref bytes, Math.Max(newLength, 2 * bytes.Length));
        if (newLength < length) bytes.AsSpan(newLength, length - newLength).Clear();
        length = newLength;
    }

    private void Apply(Change change, int count, int from)
    {
        if (change.Bytes is null) Resize(ref _durable, ref _durableLength, change.Offset);
        else Apply(ref _durable, ref _durableLength, change.Bytes.AsSpan(from, count), change.Offset + from);
    }

    // Bytes at an offset, or, without bytes, a new length.
    private readonly record struct Change(int Offset, byte[]? Bytes);
}
