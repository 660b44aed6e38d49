using Interstice.Journal.Files;

namespace Interstice.Journal.Repair;

/// <summary>The content that a file is to have: stretches of files that are there, and bytes in between. Writes nothing itself.</summary>
internal sealed class FileImage(string name)
{
    private const int ChunkBytes = 1 << 20;
    private const int BlockBytes = 4096;

    private readonly List<Piece> _pieces = [];

    /// <summary>Name of the file.</summary>
    public string Name => name;

    /// <summary>Whether blocks of zeros are left out of the file, so that they take no space where the file system can do so.</summary>
    public bool IsSparse { get; set; }

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
            if (IsSparse) WriteSparse(destination, buffer.AsSpan(0, count), at);
            else destination.WriteAt(buffer.AsSpan(0, count), at);
            at += count;
        }

        if (IsSparse && destination.Length < Length) destination.SetLength(Length);
    }

    /// <summary>Reads a file back, and its sources again.</summary>
    /// <exception cref="IOException">It is not what it is to be: what was read once, or was written, differs from what is read now.</exception>
    public void ExpectIn(IJournalFiles source, IJournalFile written)
    {
        using OpenFiles open = new(source);
        byte[] expected = new byte[ChunkBytes];
        byte[] found = new byte[ChunkBytes];
        if (written.Length != Length) throw new IOException($"{name} was written with {written.Length} bytes and not {Length}");
        for (long at = 0; at < Length;)
        {
            int count = ReadAt(open.Get, expected, at);
            if (written.ReadAt(found.AsSpan(0, count), at) != count || !expected.AsSpan(0, count).SequenceEqual(found.AsSpan(0, count)))
                throw new IOException($"{name} reads otherwise than it was written, within {count} bytes from {at} on");
            at += count;
        }
    }

    private static void WriteSparse(IJournalFile destination, ReadOnlySpan<byte> bytes, long offset)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int from = at;
            while (at < bytes.Length && bytes[at..Math.Min(bytes.Length, at + BlockBytes)].ContainsAnyExcept((byte)0)) at += BlockBytes;
            at = Math.Min(at, bytes.Length);
            if (at > from) destination.WriteAt(bytes[from..at], offset + from);
            while (at < bytes.Length && !bytes[at..Math.Min(bytes.Length, at + BlockBytes)].ContainsAnyExcept((byte)0))
                at = Math.Min(bytes.Length, at + BlockBytes);
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
