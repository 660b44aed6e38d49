using System.Collections.Immutable;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Migrations;

namespace Interstice.Kernel.Events;

/// <summary>A build of a module took over. Holds the whole schema, so that tables can be rebuilt without the code.</summary>
public sealed record ModulePublished
{
    /// <summary>Newest version of this payload that this program writes.</summary>
    public const byte FormatVersion = 3;

    private const byte VersionWithoutSteps = 1;
    private const byte VersionWithoutEffects = 2;
    private const int StepsMax = 1 << 20;

    /// <summary>Number of this publication in the module's history, 1 for the first.</summary>
    public required int Version { get; init; }

    /// <summary>ABI that the build speaks.</summary>
    public required int Abi { get; init; }

    /// <summary>SHA-256 of the binary; names its code stream.</summary>
    public required CodeHash Code { get; init; }

    /// <summary>Length of the binary in bytes.</summary>
    public required long CodeBytes { get; init; }

    /// <summary>Number of chunks in the code stream.</summary>
    public required int ChunkCount { get; init; }

    /// <summary>Version of the fuel schedule that its calls are charged by.</summary>
    public required int FuelSchedule { get; init; }

    /// <summary>The declarations, one a line, in UTF-8 (docs/abi.md).</summary>
    public required ReadOnlyMemory<byte> Schema { get; init; }

    /// <summary>When it was published, microseconds since the Unix epoch.</summary>
    public required long TimeUs { get; init; }

    /// <summary>Who published it.</summary>
    public required Identity Publisher { get; init; }

    /// <summary>The migration steps that lead to these tables from those of the publication before, as JSON, in order
    /// (docs/migrations.md). Empty where tables stay as they are.</summary>
    public ImmutableArray<string> Steps { get; init; } = [];

    /// <summary>State hash after the steps; zero where there are none.</summary>
    public StateHash StateHash { get; init; }

    /// <summary>What the reducers among the steps wrote, in their order. Of a publication in force only the log keeps them.</summary>
    public ImmutableArray<ReducerEffects> Effects { get; init; } = [];

    /// <summary>The payload: of the oldest version that can say it.</summary>
    public byte[] ToBytes()
    {
        using var writer = new PayloadWriter(Schema.Length + 128);
        writer.Byte(Steps.IsEmpty ? VersionWithoutSteps : Effects.IsEmpty ? VersionWithoutEffects : FormatVersion);
        writer.Int32(Version);
        writer.Int32(Abi);
        writer.CodeHash(Code);
        writer.Int64(CodeBytes);
        writer.Int32(ChunkCount);
        writer.Int32(FuelSchedule);
        writer.Bytes(Schema.Span);
        writer.Int64(TimeUs);
        writer.Identity(Publisher);
        if (Steps.IsEmpty) return writer.Written.ToArray();
        writer.Int32(Steps.Length);
        foreach (string step in Steps) writer.String(step);
        writer.UInt128(StateHash.Value);
        if (Effects.IsEmpty) return writer.Written.ToArray();
        writer.Int32(Effects.Length);
        foreach (ReducerEffects effects in Effects) effects.Write(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Reads the payload; the schema is copied.</summary>
    /// <param name="payload">The payload.</param>
    /// <exception cref="EventFormatException">The bytes are no such payload.</exception>
    public static ModulePublished Read(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        byte version = reader.Version(FormatVersion);
        var published = new ModulePublished
        {
            Version = reader.Int32(),
            Abi = reader.Int32(),
            Code = reader.CodeHash(),
            CodeBytes = reader.Int64(),
            ChunkCount = reader.Int32(),
            FuelSchedule = reader.Int32(),
            Schema = reader.Bytes().ToArray(),
            TimeUs = reader.Int64(),
            Publisher = reader.Identity(),
        };
        if (version > VersionWithoutSteps) published = ReadSteps(ref reader, published);
        if (version > VersionWithoutEffects) published = published with { Effects = ReadEffects(ref reader) };
        reader.ExpectEnd();
        return published;
    }

    private static ModulePublished ReadSteps(ref PayloadReader reader, ModulePublished published)
    {
        int count = reader.Int32();
        if (count is < 1 or > StepsMax) throw new EventFormatException($"a publication with {count} migration steps", 0);
        var steps = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < count; i++) steps.Add(reader.String());
        return published with { Steps = steps.ToImmutable(), StateHash = new StateHash(reader.UInt128()) };
    }

    private static ImmutableArray<ReducerEffects> ReadEffects(ref PayloadReader reader)
    {
        int count = reader.Int32();
        if (count is < 1 or > StepsMax) throw new EventFormatException($"a publication with the effects of {count} reducers", 0);
        var effects = ImmutableArray.CreateBuilder<ReducerEffects>();
        for (int i = 0; i < count; i++) effects.Add(ReducerEffects.Read(ref reader));
        return effects.ToImmutable();
    }
}
