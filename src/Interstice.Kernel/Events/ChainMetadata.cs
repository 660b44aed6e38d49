namespace Interstice.Kernel.Events;

/// <summary>Metadata of an event of a module's stream that is a link of the hash chain by itself: a publication, a change of
/// ownership. Logs from before the chain have none.</summary>
public static class ChainMetadata
{
    /// <summary>Newest version of this metadata that this program writes.</summary>
    public const byte FormatVersion = 1;

    /// <summary>What stands before the value.</summary>
    public static ReadOnlySpan<byte> Head => [FormatVersion];

    /// <summary>The metadata with a value.</summary>
    public static byte[] ToBytes(ChainValue value)
    {
        byte[] bytes = new byte[Head.Length + ChainValue.Bytes];
        Head.CopyTo(bytes);
        value.Write(bytes.AsSpan(Head.Length));
        return bytes;
    }

    /// <summary>Reads the value.</summary>
    /// <param name="metadata">The event's metadata; may be empty.</param>
    /// <returns>The value, or null where there is no metadata.</returns>
    /// <exception cref="EventFormatException">The bytes are no such metadata.</exception>
    public static ChainValue? Read(ReadOnlySpan<byte> metadata)
    {
        if (metadata.IsEmpty) return null;
        var reader = new PayloadReader(metadata);
        reader.Version(FormatVersion);
        ChainValue value = reader.ChainValue();
        reader.ExpectEnd();
        return value;
    }
}
