namespace Interstice.Kernel.Events;

/// <summary>A <see cref="TransactionRecord"/> read in place: what running a call again needs, without copies.</summary>
/// <remarks>Everything is borrowed from the metadata. What stands behind the result is not looked at: whoever applies the transaction
/// checks all of it.</remarks>
public readonly ref struct RecordedCall
{
    private RecordedCall(ReadOnlyMemory<byte> metadata)
    {
        var reader = new PayloadReader(metadata.Span);
        reader.Version(TransactionRecord.FormatVersion);
        byte flags = TransactionRecord.ReadFlags(ref reader);
        EventCount = reader.Int32();
        Reducer = reader.Bytes();
        int length = reader.Bytes().Length;
        Arguments = metadata.Slice(reader.Offset - length, length);
        Caller = reader.Identity();
        TimeUs = reader.Int64();
        Seed = reader.UInt128();
        Code = reader.CodeHash();
        Engine = reader.Bytes();
        Fuel = reader.UInt64();
        reader.Guid();
        Epoch = reader.UInt64();
        StateHash = reader.UInt128();
        if ((flags & TransactionRecord.HasIdempotencyKey) != 0) reader.Bytes();
        HasResult = (flags & TransactionRecord.HasResult) != 0;
        if (HasResult) Result = reader.Bytes();
    }

    /// <summary>Number of events of the transaction.</summary>
    public int EventCount { get; }

    /// <summary>UTF-8 name of the reducer; empty for a transaction that no reducer made.</summary>
    public ReadOnlySpan<byte> Reducer { get; }

    /// <summary>Arguments in the canonical encoding.</summary>
    public ReadOnlyMemory<byte> Arguments { get; }

    /// <summary>Who called.</summary>
    public Identity Caller { get; }

    /// <summary>What <c>now()</c> gave, microseconds since the Unix epoch.</summary>
    public long TimeUs { get; }

    /// <summary>Seed of <c>random()</c>.</summary>
    public UInt128 Seed { get; }

    /// <summary>The build that ran.</summary>
    public CodeHash Code { get; }

    /// <summary>UTF-8 name of the engine and its version.</summary>
    public ReadOnlySpan<byte> Engine { get; }

    /// <summary>Fuel used.</summary>
    public ulong Fuel { get; }

    /// <summary>The host's epoch as owner of the stream.</summary>
    public ulong Epoch { get; }

    /// <summary>The module's state hash after the transaction.</summary>
    public UInt128 StateHash { get; }

    /// <summary>Whether the reducer returned a value.</summary>
    public bool HasResult { get; }

    /// <summary>The return value in the canonical encoding; empty if there is none.</summary>
    public ReadOnlySpan<byte> Result { get; }

    /// <summary>Reads the metadata of a transaction's first event.</summary>
    /// <param name="metadata">The metadata; borrowed.</param>
    /// <exception cref="EventFormatException">The bytes are not such metadata.</exception>
    public static RecordedCall Read(ReadOnlyMemory<byte> metadata) => new(metadata);
}
