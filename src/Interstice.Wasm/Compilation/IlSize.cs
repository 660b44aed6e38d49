using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Interstice.Wasm.Compilation;

/// <summary>The size of a method as the just-in-time compiler of .NET measures it before it decides whether to
/// optimise.</summary>
/// <remarks>It compiles without optimisation what has more than 60,000 bytes of IL, 20,000 instructions, 2,000 locals,
/// 8,000 uses of locals and arguments, or 2,000 basic blocks (the DEFAULT_MIN_OPTS constants of its jit.h; checked with
/// DOTNET_JitDisasmSummary).</remarks>
internal static class IlSize
{
    /// <summary>Bytes of IL below which no limit can be passed.</summary>
    internal const int SmallBytes = 4_000;

    private const int BytesMax = 60_000;
    private const int InstructionsMax = 20_000;
    private const int LocalsMax = 2_000;
    private const int LocalUsesMax = 8_000;
    private const int BasicBlocksMax = 2_000;
    private const int TwoBytes = 0xFE;

    private static readonly Dictionary<int, OpCode> Opcodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    /// <summary>Whether the just-in-time compiler optimises a method.</summary>
    internal static bool IsOptimized(MethodBody body)
    {
        byte[] il = body.GetILAsByteArray()!;
        if (il.Length > BytesMax || body.LocalVariables.Count > LocalsMax) return false;
        int instructions = 0;
        int localUses = 0;
        var blockStarts = new HashSet<int> { 0 };
        for (int at = 0; at < il.Length;)
        {
            int start = at;
            int number = il[at++];
            if (number == TwoBytes) number = (TwoBytes << 8) | il[at++];
            OpCode code = Opcodes[number];
            at += OperandBytes(code, il, at);
            instructions++;
            if (IsLocalUse(code)) localUses++;
            NoteBlocks(code, il, start, at, blockStarts);
        }

        return instructions <= InstructionsMax && localUses <= LocalUsesMax && blockStarts.Count <= BasicBlocksMax;
    }

    private static int OperandBytes(OpCode code, byte[] il, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => sizeof(int) * (1 + BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at))),
        _ => 4,
    };

    private static bool IsLocalUse(OpCode code) =>
        code.Name!.Length >= 5 && code.Name.AsSpan(0, 5) is "ldloc" or "stloc" or "ldarg" or "starg";

    private static void NoteBlocks(OpCode code, byte[] il, int start, int next, HashSet<int> blockStarts)
    {
        switch (code.OperandType)
        {
            case OperandType.InlineBrTarget:
                blockStarts.Add(next);
                blockStarts.Add(next + BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(next - sizeof(int))));
                break;
            case OperandType.InlineSwitch:
                blockStarts.Add(next);
                for (int at = start + 1 + sizeof(int); at < next; at += sizeof(int))
                {
                    blockStarts.Add(next + BinaryPrimitives.ReadInt32LittleEndian(il.AsSpan(at)));
                }

                break;
            default:
                if (code.FlowControl is FlowControl.Return or FlowControl.Throw) blockStarts.Add(next);
                break;
        }
    }
}
