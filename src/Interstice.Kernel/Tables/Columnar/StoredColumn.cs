using Interstice.Kernel.Mutations;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>One column of a <see cref="ColumnarTable"/>.</summary>
/// <param name="layout">How values become codes.</param>
internal sealed class StoredColumn(ColumnLayout layout)
{
    private readonly List<ColumnChunk> _chunks = [];
    private readonly ulong[] _codes = new ulong[ColumnarTable.ChunkRows];
    private readonly ulong[] _nulls = new ulong[ColumnarTable.ChunkRows / 64];
    private int _count;

    internal ColumnLayout Layout { get; } = layout;

    /// <summary>The texts by code; null for columns of numbers.</summary>
    internal ByteKeyMap? Texts { get; } = layout.Kind == CodeKind.Text ? new ByteKeyMap() : null;

    internal IReadOnlyList<ColumnChunk> Chunks => _chunks;

    internal long MemoryBytes => _chunks.Sum(chunk => chunk.MemoryBytes) + (Texts?.MemoryBytes ?? 0);

    internal void Add(ReadOnlySpan<byte> row)
    {
        bool isThere;
        if (Texts is null) isThere = Layout.TryReadCode(row, out _codes[_count]);
        else if (isThere = Layout.TryReadText(row, out ReadOnlySpan<byte> text)) _codes[_count] = (ulong)Texts.FindOrAdd(0, text, out _);
        if (!isThere) _nulls[_count / 64] |= 1UL << (_count % 64);
        if (++_count == _codes.Length) Flush();
    }

    internal void Flush()
    {
        if (_count == 0) return;
        _chunks.Add(ColumnChunk.Create(_codes.AsSpan(0, _count), _nulls.AsSpan(0, (_count + 63) / 64)));
        _nulls.AsSpan().Clear();
        _count = 0;
    }
}
