using System.Collections.Immutable;

namespace Interstice.Kernel.Events;

/// <summary>The commit point of a transaction over several modules in a store that appends to one stream at a time: first event of the outer
/// module's part, with the parts of all others, which follow in their own streams (docs/semantics.md, Calls between modules).</summary>
/// <remarks>Byte table: docs/formats/events.md. It changes no table: the events behind it, and those of the other streams, do.</remarks>
/// <param name="Parts">The parts of the other modules, one or more, in the order of their numbers.</param>
public sealed record GroupCommitted(ImmutableArray<GroupPart> Parts)
{
    /// <summary>Newest version of this payload that this program writes.</summary>
    public const byte FormatVersion = 1;

    // As many streams as an event id can number, but for the outer module's.
    internal const int PartsMax = int.MaxValue >> TransactionId.IndexBits;

    /// <summary>The payload.</summary>
    public byte[] ToBytes()
    {
        using var writer = new PayloadWriter();
        writer.Byte(FormatVersion);
        writer.Int32(Parts.Length);
        foreach (GroupPart part in Parts) part.Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Reads the payload, which is copied.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static GroupCommitted Read(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        reader.Version(FormatVersion);
        int count = reader.Int32();
        if (count is < 1 or > PartsMax) throw new EventFormatException($"a commit point with {count} parts", 1);
        var parts = ImmutableArray.CreateBuilder<GroupPart>();
        int number = 0;
        for (int i = 0; i < count; i++)
        {
            var part = GroupPart.Read(ref reader);
            if (part.Number <= number) throw new EventFormatException($"stream {part.Number} behind stream {number}", reader.Offset);
            number = part.Number;
            parts.Add(part);
        }

        reader.ExpectEnd();
        return new(parts.ToImmutable());
    }

    /// <summary>Whether bytes are such a payload.</summary>
    /// <param name="payload">The bytes.</param>
    public static bool IsValid(ReadOnlySpan<byte> payload)
    {
        try
        {
            Read(payload);
            return true;
        }
        catch (EventFormatException)
        {
            return false;
        }
    }
}
