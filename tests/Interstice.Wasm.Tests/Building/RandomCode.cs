namespace Interstice.Wasm.Tests.Building;

/// <summary>Modules with bodies of random instructions, which are mostly well-formed and mostly invalid.</summary>
internal static class RandomCode
{
    private static readonly byte[] Plain =
        [0x00, 0x01, 0x05, 0x0F, 0x1A, 0x1B, 0x45, 0x50, 0x6A, 0x7C, 0x92, 0xA0, 0xA7, 0xAC, 0xC0, 0xD1];

    public static byte[] Module(Random random) => new WasmBuilder()
        .Type([], [])
        .Type([WasmBuilder.I32], [WasmBuilder.I32])
        .Type([WasmBuilder.I64, WasmBuilder.F64], [WasmBuilder.F32, WasmBuilder.I32])
        .Memory(1).Table(WasmBuilder.FuncRef, 1).Global(WasmBuilder.I32, true, 0x41, 0)
        .FunctionWithLocals((uint)random.Next(3), [(1, WasmBuilder.I32), (1, WasmBuilder.F64)], Body(random))
        .Build();

    private static byte[] Body(Random random)
    {
        var code = new List<byte>();
        int open = 0;
        for (int count = random.Next(1, 60); count > 0; count--)
        {
            code.AddRange(Instruction(random, ref open));
        }

        for (; open > 0; open--) code.Add(0x0B);
        return [.. code];
    }

    private static byte[] Instruction(Random random, ref int open)
    {
        byte index = (byte)random.Next(4);
        switch (random.Next(12))
        {
            case 0:
                open++;
                byte type = random.Next(3) switch { 0 => (byte)0x40, 1 => WasmBuilder.I32, _ => index };
                return [(byte)(0x02 + random.Next(3)), type];
            case 1 when open > 0:
                open--;
                return [0x0B];
            case 2: return [(byte)(0x0C + random.Next(2)), index];
            case 3: return [0x0E, 2, index, (byte)random.Next(3), (byte)random.Next(3)];
            case 4: return [(byte)(0x20 + random.Next(3)), index];
            case 5: return [(byte)random.Next(0x28, 0x3F), (byte)random.Next(4), (byte)random.Next(128)];
            case 6: return [0x41, (byte)random.Next(128)];
            case 7: return [0x10, 0];
            case 8: return [0x11, index, 0];
            case 9: return [(byte)random.Next(0x45, 0xC5)];
            case 10: return [0xFC, (byte)random.Next(18), 0, 0];
            default: return [Plain[random.Next(Plain.Length)]];
        }
    }
}
