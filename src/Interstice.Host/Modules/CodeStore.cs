using Interstice.Kernel.Events;

namespace Interstice.Host.Modules;

/// <summary>Module binaries in the event store, in chunks, one stream a build.</summary>
/// <param name="store">The store.</param>
public sealed class CodeStore(IEventStore store)
{
    /// <summary>Bytes of a chunk, but for the last.</summary>
    public const int ChunkBytes = 512 * 1024;

    /// <summary>Largest binary, in bytes.</summary>
    public const int BinaryBytesMax = 64 * 1024 * 1024;

    /// <summary>Writes a binary, or what is missing of it after an interrupted attempt.</summary>
    /// <param name="hash">Its hash.</param>
    /// <param name="binary">The binary.</param>
    /// <param name="cancellationToken">Stops between chunks; the next attempt resumes.</param>
    /// <exception cref="EventStoreException">The store failed, or its stream holds something else.</exception>
    public async Task WriteAsync(CodeHash hash, ReadOnlyMemory<byte> binary, CancellationToken cancellationToken)
    {
        int count = CountChunks(binary.Length);
        StreamName stream = StreamNames.Code(hash);
        Revision last = await store.GetLastRevisionAsync(stream, cancellationToken).ConfigureAwait(false);
        for (long i = last.Value + 1; i < count; i++)
        {
            int start = (int)i * ChunkBytes;
            EventData[] chunk =
            [
                new(
                    ChunkId(hash, (int)i),
                    EventTypes.CodeChunk,
                    IsJson: false,
                    binary.Slice(start, Math.Min(ChunkBytes, binary.Length - start)),
                    default),
            ];
            AppendResult result = await store
                .AppendAsync(stream, ExpectedRevision.At(new Revision(i - 1)), chunk, cancellationToken)
                .ConfigureAwait(false);
            if (result is AppendResult.WrongExpectedRevision wrong)
            {
                throw new EventStoreException(
                    EventStoreErrorKind.Refused,
                    $"stream {stream} stands at revision {wrong.Actual} while chunk {i} is written: somebody else publishes " +
                    "the same binary; try again");
            }
        }
    }

    /// <summary>Reads a binary back and checks it.</summary>
    /// <param name="published">The publication that names it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ModuleRefusedException">It is missing, incomplete or does not have its hash.</exception>
    public async Task<byte[]> ReadAsync(ModulePublished published, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(published);
        StreamName stream = StreamNames.Code(published.Code);
        if (published.CodeBytes is < 0 or > BinaryBytesMax)
            throw Broken(stream, $"{published.CodeBytes} bytes are announced, at most {BinaryBytesMax} are allowed");
        byte[] binary = new byte[published.CodeBytes];
        int length = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, Revision.First, published.ChunkCount, cancellationToken)
            .ConfigureAwait(false))
        {
            foreach (RecordedEvent chunk in batch.Span)
            {
                if (chunk.Data.Length > binary.Length - length) throw Broken(stream, "it holds more bytes than announced");
                chunk.Data.Span.CopyTo(binary.AsSpan(length));
                length += chunk.Data.Length;
            }
        }

        if (length != binary.Length) throw Broken(stream, $"it holds {length} of {binary.Length} bytes");
        CodeHash found = CodeHash.Of(binary);
        if (found != published.Code) throw Broken(stream, $"its bytes have the hash {found}");
        return binary;
    }

    /// <summary>Number of chunks that a binary takes.</summary>
    /// <param name="bytes">Its length.</param>
    public static int CountChunks(int bytes) => Math.Max(1, (bytes + ChunkBytes - 1) / ChunkBytes);

    // Derived from the content, so that an attempt that is repeated after a lost answer writes nothing twice.
    private static Guid ChunkId(CodeHash hash, int index)
    {
        Span<byte> bytes = stackalloc byte[CodeHash.Bytes];
        hash.Write(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes[12..], index);
        return new Guid(bytes[..16], bigEndian: true);
    }

    private static ModuleRefusedException Broken(StreamName stream, string what) => new(
        ModuleRefusalKind.Binary,
        $"the code in stream {stream} is not usable: {what}; publish the module again");
}
