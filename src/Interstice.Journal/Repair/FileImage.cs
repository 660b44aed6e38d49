using Interstice.Journal.Files;

namespace Interstice.Journal.Repair;

/// <summary>The content that a file is to have: stretches of files that are there, and bytes in between. Writes nothing itself.</summary>
internal sealed class FileImage(string name)
{
    private const int ChunkBytes = 1 << 20;

    private readonly List<Piece> _pieces = [];

    /// <summary>Name of the file.</summary>
    public string Name => name;

    /// <summary>How long it is.</summary>
    public long Length { get; private set; }

    /// <summary>Adds bytes.</summary>
    public void Add(byte[] bytes) => Add(new Piece(Length, bytes.Length, null, 0, bytes));

    /// <summary>Adds zeros.</summary>
    public void AddZeros(long count) => Add(new Piece(Length, count, null, 0, null));

    /// <summary>Adds a stretch of a file.</summary>
    public void AddCopy(string source, long offset, long count)
    {
        if (_pieces.Count > 0 && _pieces[^1] is { } last && last.Source == source && last.SourceOffset + last.Length == offset)
        {
            _pieces[^1] = last with { Length = last.Length + count };
            Length += count;
            return;
        }

        Add(new Piece(Length, count, source, offset, null));
    }

    /// <summary>Reads from an offset, as from a file.</summary>
    public int ReadAt(Func<string, IJournalFile> open, Span<byte> destination, long offset)
    {
        int done = 0;
        foreach (Piece piece in _pieces)
        {
            long at = offset + done - piece.Offset;
            if (at < 0 || at >= piece.Length) continue;
            int count = (int)Math.Min(destination.Length - done, piece.Length - at);
            if (count == 0) break;
            Span<byte> part = destination.Slice(done, count);
            if (piece.Bytes is not null) piece.Bytes.AsSpan((int)at, count).CopyTo(part);
            else part[FromSource(open, piece, part, at)..].Clear();
            done += count;
        }

        return done;
    }

    /// <summary>Writes it into a file, without syncing.</summary>
    public void CopyTo(IJournalFiles source, IJournalFile destination)
    {
        using OpenFiles open = new(source);
        byte[] buffer = new byte[ChunkBytes];
        for (long at = 0; at < Length;)
        {
            int count = ReadAt(open.Get, buffer, at);
            destination.WriteAt(buffer.AsSpan(0, count), at);
            at += count;
        }
    }

    private static int FromSource(Func<string, IJournalFile> open, Piece piece, Span<byte> part, long at) =>
        piece.Source is null ? 0 : open(piece.Source).ReadAt(part, piece.SourceOffset + at);

    private void Add(Piece piece)
    {
        if (piece.Length == 0) return;
        _pieces.Add(piece);
        Length += piece.Length;
    }

    // From a file, or bytes, or zeros.
    private sealed record Piece(long Offset, long Length, string? Source, long SourceOffset, byte[]? Bytes);
}
