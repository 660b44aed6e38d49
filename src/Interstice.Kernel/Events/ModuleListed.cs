namespace Interstice.Kernel.Events;

/// <summary>A module joined the list of modules.</summary>
/// <param name="Name">Its name.</param>
public sealed record ModuleListed(string Name)
{
    /// <summary>Newest version of this payload that this program writes.</summary>
    public const byte FormatVersion = 1;

    /// <summary>The payload.</summary>
    public byte[] ToBytes()
    {
        using var writer = new PayloadWriter(80);
        writer.Byte(FormatVersion);
        writer.String(Name);
        return writer.Written.ToArray();
    }

    /// <summary>Reads the payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static ModuleListed Read(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        reader.Version(FormatVersion);
        var listed = new ModuleListed(reader.String());
        reader.ExpectEnd();
        return listed;
    }
}
