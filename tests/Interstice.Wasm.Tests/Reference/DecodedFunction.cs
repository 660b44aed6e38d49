using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Tests.Reference;

/// <summary>A function decoded for the reference interpreter.</summary>
public sealed class DecodedFunction
{
    public required FunctionDeclaration Declaration { get; init; }

    public required Instruction[] Code { get; init; }

    /// <summary>What entering it charges.</summary>
    public required int Weight { get; init; }

    public static DecodedFunction Of(WasmModule module, FunctionDeclaration declaration)
    {
        var reader = new CodeReader(module, declaration.Body!);
        var code = new List<Instruction>();
        var open = new Stack<Instruction>();
        var loops = new Stack<Instruction>();
        int weight = 0;
        while (reader.Read())
        {
            if (loops.TryPeek(out Instruction? loop)) loop.Weight++;
            else weight++;
            Instruction instruction = Decode(module, reader);
            code.Add(instruction);
            switch (instruction.Opcode)
            {
                case Opcode.Block or Opcode.If or Opcode.Loop:
                    open.Push(instruction);
                    if (instruction.Opcode == Opcode.Loop) loops.Push(instruction);
                    break;
                case Opcode.Else: open.Peek().Else = code.Count - 1; break;
                case Opcode.End when open.TryPop(out Instruction? block):
                    block.End = code.Count - 1;
                    if (block.Else == 0) block.Else = block.End;
                    if (block.Opcode == Opcode.Loop) loops.Pop();
                    break;
                default: break;
            }
        }

        return new DecodedFunction { Declaration = declaration, Code = [.. code], Weight = weight };
    }

    private static Instruction Decode(WasmModule module, CodeReader reader)
    {
        bool isBlock = reader.Opcode is Opcode.Block or Opcode.Loop or Opcode.If;
        return new Instruction
        {
            Opcode = reader.Opcode,
            Index = reader.Index,
            Labels = reader.Opcode == Opcode.BrTable ? reader.Labels.ToArray() : [],
            Constant = reader.Constant,
            Offset = reader.MemoryOffset,
            Type = isBlock ? reader.BlockType.Resolve(module.Types) : new FunctionType([], []),
        };
    }
}
