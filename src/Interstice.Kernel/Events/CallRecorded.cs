namespace Interstice.Kernel.Events;

/// <summary>Payload of <see cref="EventTypes.CallRecorded"/>: its version, since the record in its metadata says everything.</summary>
public static class CallRecorded
{
    /// <summary>Newest version of the payload that this program writes.</summary>
    public const byte FormatVersion = 1;

    /// <summary>Writes the payload.</summary>
    /// <param name="writer">The buffer.</param>
    public static void Write(PayloadWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Byte(FormatVersion);
    }

    /// <summary>Checks a payload.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static void Read(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        reader.Version(FormatVersion);
        reader.ExpectEnd();
    }

    /// <summary>Whether bytes are such a payload.</summary>
    /// <param name="payload">The bytes.</param>
    public static bool IsValid(ReadOnlySpan<byte> payload) => payload is [FormatVersion];
}
