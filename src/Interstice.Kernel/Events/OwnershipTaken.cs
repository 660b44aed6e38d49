namespace Interstice.Kernel.Events;

/// <summary>A host became the writer of a module's stream.</summary>
/// <param name="Host">The host.</param>
/// <param name="Epoch">One more than the epoch before it in the stream; 1 for the first.</param>
public sealed record OwnershipTaken(Guid Host, ulong Epoch)
{
    /// <summary>Newest version of this payload that this program writes.</summary>
    public const byte FormatVersion = 1;

    /// <summary>The payload.</summary>
    public byte[] ToBytes()
    {
        using var writer = new PayloadWriter(32);
        writer.Byte(FormatVersion);
        writer.Guid(Host);
        writer.UInt64(Epoch);
        return writer.Written.ToArray();
    }

    /// <summary>Reads the payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static OwnershipTaken Read(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        reader.Version(FormatVersion);
        var taken = new OwnershipTaken(reader.Guid(), reader.UInt64());
        reader.ExpectEnd();
        return taken;
    }
}
