using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Damages modules where it hurts: whole sections, numbers, single instructions, pieces of another module. The
/// lengths around the damage fit again, so that what looks for it has to look inside.</summary>
internal static class StructuredMutation
{
    private static readonly uint[] Borders =
        [0, 1, 2, 7, 63, 64, 127, 128, 255, 256, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF];

    /// <summary>Instructions without immediates by operands and result: one can stand for another.</summary>
    private static readonly byte[][] Alike =
    [
        [0x45, 0x67, 0x68, 0x69, 0xC0, 0xC1], [.. Range(0x46, 0x4F), .. Range(0x6A, 0x78)], [0x50, 0xA7],
        [0x79, 0x7A, 0x7B, 0xC2, 0xC3, 0xC4], Range(0x51, 0x5A), Range(0x7C, 0x8A), Range(0x5B, 0x60), Range(0x61, 0x66),
        Range(0x8B, 0x91), Range(0x92, 0x98), Range(0x99, 0x9F), Range(0xA0, 0xA6), [0xA8, 0xA9, 0xBC], [0xAA, 0xAB],
        [0xAC, 0xAD], [0xAE, 0xAF], [0xB0, 0xB1, 0xBD], [0xB2, 0xB3, 0xBE], [0xB4, 0xB5], [0xB7, 0xB8], [0xB9, 0xBA, 0xBF],
    ];

    /// <summary>A module with one to three changes, the second module lending pieces.</summary>
    public static byte[] Mutate(WasmModule original, WasmModule other, Random random)
    {
        ModuleParts parts = ModuleParts.Of(original);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            if (parts.Bodies.Count > 0 && random.Next(3) != 0) ChangeCode(parts, other, random);
            else ChangeSection(parts, other, random);
        }

        return parts.ToBinary();
    }

    private static void ChangeCode(ModuleParts parts, WasmModule other, Random random)
    {
        (byte[] _, List<byte[]> code) = parts.Bodies[random.Next(parts.Bodies.Count)];
        if (code.Count == 0) return;
        int at = random.Next(code.Count);
        int count = Math.Min(random.Next(1, 6), code.Count - at);
        switch (random.Next(10))
        {
            case 0: code.RemoveRange(at, count); break;
            case 1: code.InsertRange(random.Next(code.Count), code.GetRange(at, count)); break;
            case 2:
                int with = random.Next(code.Count);
                (code[at], code[with]) = (code[with], code[at]);
                break;
            case 3: ChangeImmediate(code, at, random); break;
            case 4: Splice(code, at, other, random); break;
            case 5: code.Insert(at, [(byte)random.Next(0x45, 0xC5)]); break;
            case 6: code[at] = [(byte)random.Next(256)]; break;
            case 7: code.Insert(at, WholeInstruction(random)); break;
            default: Replace(code, at, random); break;
        }
    }

    /// <summary>Replaces the next instruction that others are like, which mostly leaves the code valid.</summary>
    private static void Replace(List<byte[]> code, int from, Random random)
    {
        for (int i = 0; i < code.Count; i++)
        {
            int at = (from + i) % code.Count;
            byte[]? family = Alike.FirstOrDefault(family => code[at].Length == 1 && family.Contains(code[at][0]));
            if (family is null) continue;
            code[at] = [family[random.Next(family.Length)]];
            return;
        }
    }

    /// <summary>Puts another number where the next instruction has one.</summary>
    private static void ChangeImmediate(List<byte[]> code, int from, Random random)
    {
        for (int i = 0; i < code.Count; i++)
        {
            int at = (from + i) % code.Count;
            byte[] instruction = code[at];
            if (instruction.Length < 2) continue;
            byte[] number = instruction[0] is 0x41 or 0x42
                ? WasmBytes.Signed((int)Borders[random.Next(Borders.Length)] + random.Next(-1, 2))
                : WasmBytes.Unsigned(random.Next(3) == 0 ? Borders[random.Next(Borders.Length)] : (uint)random.Next(12));
            int prefix = instruction[0] == 0xFC ? 2 : 1;
            int rest = prefix;
            while (rest < instruction.Length && instruction[rest] >= 0x80) rest++;
            code[at] = [.. instruction[..prefix], .. number, .. instruction[Math.Min(rest + 1, instruction.Length)..]];
            return;
        }
    }

    private static void Splice(List<byte[]> code, int at, WasmModule other, Random random)
    {
        ModuleParts lender = ModuleParts.Of(other);
        if (lender.Bodies.Count == 0) return;
        List<byte[]> lent = lender.Bodies[random.Next(lender.Bodies.Count)].Instructions;
        int from = random.Next(lent.Count);
        code.InsertRange(at, lent.GetRange(from, Math.Min(random.Next(1, 20), lent.Count - from)));
    }

    /// <summary>An instruction that takes what it needs from constants, so that it mostly stays valid.</summary>
    private static byte[] WholeInstruction(Random random) => random.Next(8) switch
    {
        0 => [0x41, 0x00, 0x40, 0x00, 0x1A],
        1 => [0x41, .. WasmBytes.Signed((int)Borders[random.Next(Borders.Length)]), 0x28, 0x00, 0x00, 0x1A],
        2 => [0x41, .. WasmBytes.Signed((int)Borders[random.Next(Borders.Length)]), 0x42, 0x7F, 0x37, 0x00, 0x00],
        3 => [0x10, (byte)random.Next(8)],
        4 => [0x02, 0x40, 0x0C, 0x00, 0x0B],
        5 => [0x41, .. WasmBytes.Signed((int)Borders[random.Next(Borders.Length)]), 0x41, 0x00, 0x41, 0x05, 0xFC, 0x0A, 0x00, 0x00],
        6 => [0x41, .. WasmBytes.Signed((int)Borders[random.Next(Borders.Length)]), 0x11, (byte)random.Next(4), 0x00],
        _ => [0x03, 0x40, 0x41, 0x00, 0x0D, 0x00, 0x0B],
    };

    private static void ChangeSection(ModuleParts parts, WasmModule other, Random random)
    {
        if (parts.Sections.Count == 0) return;
        int at = random.Next(parts.Sections.Count);
        (byte id, List<byte> content) = parts.Sections[at];
        switch (random.Next(8))
        {
            case 0: parts.Sections.RemoveAt(at); break;
            case 1: parts.Sections.Insert(random.Next(parts.Sections.Count), (id, [.. content])); break;
            case 2:
                int with = random.Next(parts.Sections.Count);
                (parts.Sections[at], parts.Sections[with]) = (parts.Sections[with], parts.Sections[at]);
                break;
            case 3: Lend(parts, at, other); break;
            case 4: parts.Sections[at] = ((byte)random.Next(15), content); break;
            case 5 when content.Count > 0: content.RemoveRange(random.Next(content.Count), 1); break;
            case 6 when content.Count > 0: content.Insert(random.Next(content.Count), (byte)random.Next(256)); break;
            default:
                if (content.Count > 0) ChangeNumber(content, random);
                break;
        }
    }

    private static void Lend(ModuleParts parts, int at, WasmModule other)
    {
        byte id = parts.Sections[at].Id;
        int found = ModuleParts.Of(other).Sections.FindIndex(section => section.Id == id);
        if (found < 0) return;
        parts.Sections[at] = ModuleParts.Of(other).Sections[found];
        if (id == 10) parts.Bodies.Clear();
    }

    private static void ChangeNumber(List<byte> content, Random random)
    {
        int at = random.Next(content.Count);
        int end = at;
        while (end < content.Count - 1 && content[end] >= 0x80) end++;
        content.RemoveRange(at, end - at + 1);
        uint value = random.Next(2) == 0 ? Borders[random.Next(Borders.Length)] : (uint)random.Next(20);
        byte[] number = WasmBytes.Unsigned(value);

        // The same number in more bytes than it needs is allowed up to a length, and beyond it is not.
        if (random.Next(6) == 0)
            number = [.. number[..^1], (byte)(number[^1] | 0x80), .. Enumerable.Repeat((byte)0x80, random.Next(5)), 0];
        content.InsertRange(at, number);
    }

    private static byte[] Range(byte first, byte last) => [.. Enumerable.Range(first, last - first + 1).Select(code => (byte)code)];
}
