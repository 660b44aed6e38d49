using System.Buffers.Binary;

namespace Interstice.Kernel.Events;

/// <summary>The call that made a transaction: all inputs of the reducer and a digest of its effects. Metadata of the
/// transaction's first event.</summary>
/// <remarks>With the state before it, this is enough to run the call again and compare. The transaction's id and the index
/// of each event stand in the event ids (<see cref="TransactionId"/>). Byte table: docs/formats/events.md.</remarks>
public sealed record TransactionRecord
{
    /// <summary>Newest version of the metadata that this program writes.</summary>
    public const byte FormatVersion = 2;

    private const byte VersionWithoutChain = 1;
    internal const byte HasIdempotencyKey = 1;
    internal const byte HasResult = 2;
    private const byte HasCausation = 4;
    private const byte HasOrigin = 8;
    private const byte KnownFlags = HasIdempotencyKey | HasResult | HasCausation | HasOrigin;
    private const int OriginBytes = 16 + 1;

    /// <summary>Number of events of the transaction, 1 or more.</summary>
    public required int EventCount { get; init; }

    /// <summary>Name of the reducer; empty for a transaction that no reducer made.</summary>
    public required string Reducer { get; init; }

    /// <summary>Arguments in the canonical encoding.</summary>
    public required ReadOnlyMemory<byte> Arguments { get; init; }

    /// <summary>Who called.</summary>
    public required Identity Caller { get; init; }

    /// <summary>What <c>now()</c> gave, microseconds since the Unix epoch.</summary>
    public required long TimeUs { get; init; }

    /// <summary>Seed of <c>random()</c>.</summary>
    public required UInt128 Seed { get; init; }

    /// <summary>The build that ran.</summary>
    public required CodeHash Code { get; init; }

    /// <summary>Engine and its version.</summary>
    public required string Engine { get; init; }

    /// <summary>Fuel used.</summary>
    public required ulong Fuel { get; init; }

    /// <summary>The host that ran the call.</summary>
    public required Guid Host { get; init; }

    /// <summary>The host's epoch as owner of the stream.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>The module's state hash after the transaction.</summary>
    public required UInt128 StateHash { get; init; }

    /// <summary>The caller's idempotency key, if given.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The return value in the canonical encoding, if the reducer has one.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>The event that caused the call, if one did.</summary>
    public Guid? Causation { get; init; }

    /// <summary>Where the chain of causes began that the call is a part of; null for a call that begins one.</summary>
    public TransactionOrigin? Origin { get; init; }

    /// <summary>Value of the stream's hash chain after the transaction; null for version 1, which has none.</summary>
    public ChainValue? Chain { get; init; }

    /// <summary>Appends the encoding to a buffer: version 2, or version 1 when there is no <see cref="Chain"/>.</summary>
    /// <param name="writer">The buffer.</param>
    public void Write(PayloadWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Write(writer, Chain is null ? VersionWithoutChain : FormatVersion);
        if (Chain is { } chain) writer.ChainValue(chain);
    }

    /// <summary>Appends the encoding of version 2 but for the chain value, which is computed over it and written behind
    /// it.</summary>
    /// <param name="writer">The buffer.</param>
    public void WriteBeforeChain(PayloadWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Write(writer, FormatVersion);
    }

    private void Write(PayloadWriter writer, byte version)
    {
        writer.Byte(version);
        writer.Byte((byte)((IdempotencyKey is null ? 0 : HasIdempotencyKey)
            | (Result is null ? 0 : HasResult)
            | (Causation is null ? 0 : HasCausation)
            | (Origin is null ? 0 : HasOrigin)));
        writer.Int32(EventCount);
        writer.String(Reducer);
        writer.Bytes(Arguments.Span);
        writer.Identity(Caller);
        writer.Int64(TimeUs);
        writer.UInt128(Seed);
        writer.CodeHash(Code);
        writer.String(Engine);
        writer.UInt64(Fuel);
        writer.Guid(Host);
        writer.UInt64(Epoch);
        writer.UInt128(StateHash);
        if (IdempotencyKey is not null) writer.String(IdempotencyKey);
        if (Result is { } result) writer.Bytes(result.Span);
        if (Causation is { } causation) writer.Guid(causation);
        if (Origin is not { } origin) return;
        writer.Guid(origin.Correlation);
        writer.Byte(origin.Depth);
    }

    /// <summary>Reads the encoding. Arguments and result are copied.</summary>
    /// <param name="metadata">Metadata of a transaction's first event.</param>
    /// <exception cref="EventFormatException">The bytes are not such metadata.</exception>
    public static TransactionRecord Read(ReadOnlySpan<byte> metadata)
    {
        var reader = new PayloadReader(metadata);
        byte version = reader.Version(FormatVersion);
        byte flags = ReadFlags(ref reader);
        int eventCount = reader.Int32();
        if (eventCount < 1) throw new EventFormatException($"transaction of {eventCount} events", 2);
        var record = new TransactionRecord
        {
            EventCount = eventCount,
            Reducer = reader.String(),
            Arguments = reader.Bytes().ToArray(),
            Caller = reader.Identity(),
            TimeUs = reader.Int64(),
            Seed = reader.UInt128(),
            Code = reader.CodeHash(),
            Engine = reader.String(),
            Fuel = reader.UInt64(),
            Host = reader.Guid(),
            Epoch = reader.UInt64(),
            StateHash = reader.UInt128(),
            IdempotencyKey = (flags & HasIdempotencyKey) != 0 ? reader.String() : null,
            Result = (flags & HasResult) != 0 ? (ReadOnlyMemory<byte>?)reader.Bytes().ToArray() : null,
            Causation = (flags & HasCausation) != 0 ? reader.Guid() : null,
            Origin = (flags & HasOrigin) != 0 ? new(reader.Guid(), reader.Byte()) : null,
            Chain = ReadChain(ref reader, version),
        };
        reader.ExpectEnd();
        return record;
    }

    /// <summary>Reads only what replay checks, without allocating.</summary>
    /// <param name="metadata">Metadata of a transaction's first event.</param>
    /// <exception cref="EventFormatException">The bytes are not such metadata.</exception>
    public static TransactionDigest ReadDigest(ReadOnlySpan<byte> metadata)
    {
        var reader = new PayloadReader(metadata);
        byte version = reader.Version(FormatVersion);
        byte flags = ReadFlags(ref reader);
        int eventCount = reader.Int32();
        if (eventCount < 1) throw new EventFormatException($"transaction of {eventCount} events", 2);
        reader.Bytes();
        reader.Bytes();
        reader.Identity();
        reader.Int64();
        reader.UInt128();
        reader.CodeHash();
        reader.Bytes();
        reader.UInt64();
        reader.Guid();
        ulong epoch = reader.UInt64();
        UInt128 stateHash = reader.UInt128();
        if ((flags & HasIdempotencyKey) != 0) reader.Bytes();
        if ((flags & HasResult) != 0) reader.Bytes();
        if ((flags & HasCausation) != 0) reader.Guid();
        if ((flags & HasOrigin) != 0) _ = new TransactionOrigin(reader.Guid(), reader.Byte());
        ChainValue? chain = ReadChain(ref reader, version);
        reader.ExpectEnd();
        return new(eventCount, epoch, stateHash, chain);
    }

    /// <summary>Whether metadata that <see cref="ReadDigest"/> takes holds an idempotency key.</summary>
    /// <param name="metadata">Metadata of a transaction's first event.</param>
    public static bool HasKey(ReadOnlySpan<byte> metadata) => (metadata[1] & HasIdempotencyKey) != 0;

    /// <summary>Reads what replay checks out of metadata with a chain value; a fraction of the time of <see cref="ReadDigest"/>.</summary>
    /// <param name="metadata">Metadata of a transaction's first event.</param>
    /// <param name="eventCount">Number of events of the transaction.</param>
    /// <param name="epoch">Epoch of the host.</param>
    /// <param name="stateHash">The module's state hash after it.</param>
    /// <param name="chain">Value of the hash chain after it.</param>
    /// <returns><see langword="false"/> for all that <see cref="ReadDigest"/> refuses, and for metadata without a chain value.</returns>
    public static bool TryReadDigest(
        ReadOnlySpan<byte> metadata, out int eventCount, out ulong epoch, out UInt128 stateHash, out ChainValue chain)
    {
        const int fixedHead = 2 + sizeof(int);
        const int callInputs = Identity.Bytes + sizeof(long) + 16 + CodeHash.Bytes;
        const int runOutputs = sizeof(ulong) + 16 + sizeof(ulong) + 16;
        (eventCount, epoch, stateHash, chain) = (0, 0, default, default);
        if (metadata.Length < fixedHead || metadata[0] != FormatVersion || (metadata[1] & ~KnownFlags) != 0) return false;
        byte flags = metadata[1];
        eventCount = BinaryPrimitives.ReadInt32LittleEndian(metadata[2..]);
        long at = fixedHead;
        if (!TrySkipBytes(metadata, ref at) || !TrySkipBytes(metadata, ref at)) return false;
        at += callInputs;
        if (!TrySkipBytes(metadata, ref at)) return false;
        at += runOutputs;
        if (at > metadata.Length) return false;
        epoch = BinaryPrimitives.ReadUInt64LittleEndian(metadata[((int)at - 24)..]);
        stateHash = BinaryPrimitives.ReadUInt128LittleEndian(metadata[((int)at - 16)..]);
        if ((flags & HasIdempotencyKey) != 0 && !TrySkipBytes(metadata, ref at)) return false;
        if ((flags & HasResult) != 0 && !TrySkipBytes(metadata, ref at)) return false;
        if ((flags & HasCausation) != 0) at += 16;
        if ((flags & HasOrigin) != 0) at += OriginBytes;
        if (at + ChainValue.Bytes != metadata.Length) return false;
        chain = ChainValue.Read(metadata[(int)at..]);
        return eventCount > 0;
    }

    private static bool TrySkipBytes(ReadOnlySpan<byte> metadata, ref long at)
    {
        if (at + sizeof(uint) > metadata.Length) return false;
        at += sizeof(uint) + BinaryPrimitives.ReadUInt32LittleEndian(metadata[(int)at..]);
        return at <= metadata.Length;
    }

    private static ChainValue? ReadChain(ref PayloadReader reader, byte version) =>
        version > VersionWithoutChain ? reader.ChainValue() : null;

    internal static byte ReadFlags(ref PayloadReader reader)
    {
        byte flags = reader.Byte();
        if ((flags & ~KnownFlags) != 0) throw new EventFormatException($"unknown flags 0x{flags:x2}", 1);
        return flags;
    }
}
