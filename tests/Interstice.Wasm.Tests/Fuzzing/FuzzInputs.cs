using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Makes inputs of every kind: noise, sections of noise, random code, damaged and spliced modules.</summary>
internal sealed class FuzzInputs(SeedModules seeds)
{
    /// <summary>One input.</summary>
    public byte[] Make(Random random) => random.Next(16) switch
    {
        0 => Noise(random),
        1 => WasmBytes.Module(WasmBytes.Section((byte)random.Next(14), Bytes(random))),
        2 or 3 => RandomCode.Module(random),
        4 or 5 or 6 => Mutation.Mutate(seeds.Pick(random).Bytes.ToArray(), random),
        _ => StructuredMutation.Mutate(seeds.Pick(random), seeds.Pick(random), random),
    };


    private static byte[] Noise(Random random) =>
        random.Next(4) == 0 ? Bytes(random) : [.. WasmBytes.Header, .. Bytes(random)];

    private static byte[] Bytes(Random random)
    {
        byte[] content = new byte[random.Next(300)];
        random.NextBytes(content);
        return content;
    }
}
