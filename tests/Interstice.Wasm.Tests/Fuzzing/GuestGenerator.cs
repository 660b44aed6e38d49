using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using static Interstice.Wasm.Tests.Fuzzing.GuestShape;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Makes valid modules at random, of the shape that <see cref="GuestShape"/> describes.</summary>
/// <remarks>What no specification fixes is kept out of sight, so that all engines must agree on everything that can be
/// seen: the bits of a NaN are made canonical before they are stored, reinterpreted or used for their sign.</remarks>
internal sealed class GuestGenerator(Random random)
{
    private const int FunctionsMax = 6;
    private const byte TableEntries = 8;

    /// <summary>Makes a module.</summary>
    public byte[] Generate()
    {
        int[] own = [.. Enumerable.Range(0, random.Next(2, FunctionsMax + 1)).Select(_ => random.Next(Types.Length))];
        int[] types = [.. ImportedTypes, .. own];
        var builder = new WasmBuilder().Memory(1, 3);
        foreach ((byte[] parameters, byte[] results) in Types) builder.Type(parameters, results);
        for (int i = 0; i < ImportedTypes.Length; i++) builder.Import("host", $"h{i}", ExternKind.Function, (byte)ImportedTypes[i]);
        builder.Table(WasmBuilder.FuncRef, TableEntries, 16).Table(WasmBuilder.ExternRef, 3, 6);
        AddGlobals(builder);
        byte[] indices = [.. Enumerable.Range(0, TableEntries).Select(i => (byte)(i % types.Length))];
        builder.Element([0x00, 0x41, 0x00, 0x0B, TableEntries, .. indices]);
        builder.Element([0x01, 0x00, TableEntries, .. indices]);
        builder.DataCount(2);
        for (int i = ImportedTypes.Length; i < types.Length; i++)
        {
            (byte[] locals, byte[] code) = new BodyGenerator(random, types, i).Generate();
            builder.FunctionWithLocals((uint)types[i], [.. locals.Select(kind => (1u, kind))], code);
            builder.Export($"f{i}", ExternKind.Function, (uint)i);
        }

        int start = Array.IndexOf(types, NoParametersOrResults, ImportedTypes.Length);
        if (start >= 0 && random.Next(4) == 0) builder.Start((uint)start);
        builder.Export("memory", ExternKind.Memory, 0);
        byte[] data = new byte[64];
        random.NextBytes(data);
        builder.Data([0x00, 0x41, 0x08, 0x0B, 64, .. data]);
        builder.Data([0x01, 64, .. data]);
        return builder.Build();
    }

    private void AddGlobals(WasmBuilder builder)
    {
        for (int i = 0; i < Globals.Length; i++)
        {
            builder.Global(Globals[i], true, BodyGenerator.Constant(random, Globals[i]));
            builder.Export($"g{i}", ExternKind.Global, (uint)i);
        }


        // What a start function may use up.
        builder.Global(I32, true, 0x41, 0x20);
        builder.Export(Budget, ExternKind.Global, (uint)Globals.Length);
    }
}
