using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>What must be known of a function before its first instruction is emitted.</summary>
/// <remarks>Fuel (docs/formats/fuel.md): every instruction counts one, structure included; those outside loops are
/// charged on entry, those directly inside a loop at its header.</remarks>
internal sealed class FunctionScan
{
    private readonly List<int> _loopWeights = [];
    private readonly bool[] _isMoved;
    private readonly int[] _lastWrites;
    private readonly Dictionary<int, List<int>> _copiesOf = [];

    private FunctionScan(int locals)
    {
        _isMoved = new bool[locals];
        _lastWrites = new int[locals];
    }

    /// <summary>Fuel charged on entry.</summary>
    internal int EntryWeight { get; private set; }

    /// <summary>Fuel charged at each loop header, in order of appearance.</summary>
    internal IReadOnlyList<int> LoopWeights => _loopWeights;

    /// <summary>Whether it calls anything.</summary>
    internal bool HasCalls { get; private set; }

    /// <summary>Whether it loads, stores or asks for the memory's size.</summary>
    internal bool UsesMemory { get; private set; }

    /// <summary>Whether it rotates anything.</summary>
    internal bool Rotates { get; private set; }

    /// <summary>Whether it can trap by itself in another way than by running out of fuel or depth.</summary>
    internal bool CanTrap { get; private set; }

    /// <summary>Values that single instructions push or take beyond what their length allows for: the results of calls
    /// with several, and the parameters and results of blocks with a type index.</summary>
    internal long WideValues { get; private set; }

    /// <summary>Reads the code once.</summary>
    internal static FunctionScan Of(WasmModule module, FunctionDeclaration function, FunctionBody body)
    {
        var scan = new FunctionScan(body.Locals.Length);
        Array.Fill(scan._isMoved, true, 0, function.Type.Parameters.Length);
        scan.Read(module, new CodeReader(module, body));
        scan.SpreadMoved();
        return scan;
    }

    /// <summary>Whether a float local ever holds a moved value, so that arithmetic results must be made canonical
    /// before they are put there. A local that only arithmetic writes is made canonical where its value is
    /// seen.</summary>
    internal bool IsMoved(int local) => _isMoved[local];

    /// <summary>Whether a local is written by code that stands after an offset in the binary.</summary>
    internal bool IsWrittenAfter(int local, int offset) => _lastWrites[local] > offset;

    private void Read(WasmModule module, CodeReader code)
    {
        var open = new Stack<int>();
        int weightAt = -1;
        Opcode last = Opcode.Nop;
        uint lastLocal = 0;
        bool lastIsCanonical = false;
        while (code.Read())
        {
            Count(weightAt);
            Opcode opcode = code.Opcode;
            switch (opcode)
            {
                case Opcode.Block or Opcode.If or Opcode.Loop:
                    if (code.BlockType.TypeIndex >= 0) NoteWide(module.Types[code.BlockType.TypeIndex], isBlock: true);
                    open.Push(weightAt);
                    if (opcode != Opcode.Loop) break;
                    weightAt = _loopWeights.Count;
                    _loopWeights.Add(0);
                    break;
                case Opcode.End:
                    if (open.Count > 0) weightAt = open.Pop();
                    break;
                case Opcode.LocalSet or Opcode.LocalTee:
                    _lastWrites[(int)code.Index] = code.Offset;
                    Assign((int)code.Index, last, (int)lastLocal, lastIsCanonical);
                    break;
                case Opcode.Call:
                    HasCalls = true;
                    NoteWide(module.Functions[(int)code.Index].Type, isBlock: false);
                    break;
                case Opcode.CallIndirect:
                    HasCalls = true;
                    NoteWide(module.Types[(int)code.Index], isBlock: false);
                    break;
                default: Note(opcode); break;
            }

            last = opcode;
            if (opcode == Opcode.LocalGet) lastLocal = code.Index;
            lastIsCanonical = opcode switch
            {
                Opcode.F32Const => FloatBits.IsCanonical32((uint)code.Constant),
                Opcode.F64Const => FloatBits.IsCanonical64(code.Constant),
                _ => FloatBits.IsArithmetic(opcode) || FloatBits.IsConversion(opcode),
            };
        }
    }

    private void Count(int loop)
    {
        if (loop < 0) EntryWeight++;
        else _loopWeights[loop]++;
    }

    // The instruction before a local.set made its value, if it is one that makes values; of any other nothing is known.
    private void Assign(int local, Opcode source, int sourceLocal, bool isCanonical)
    {
        if (source != Opcode.LocalGet)
        {
            if (!isCanonical) _isMoved[local] = true;
            return;
        }

        if (!_copiesOf.TryGetValue(sourceLocal, out List<int>? copies)) _copiesOf.Add(sourceLocal, copies = []);
        copies.Add(local);
    }

    private void NoteWide(FunctionType type, bool isBlock)
    {
        if (isBlock) WideValues += type.Parameters.Length + type.Results.Length;
        else if (type.Results.Length > 1) WideValues += type.Results.Length;
    }

    private void Note(Opcode opcode)
    {
        if (opcode is >= Opcode.I32Load and <= Opcode.MemorySize or Opcode.MemoryGrow) UsesMemory = true;
        Rotates |= Rotation.Is(opcode);
        CanTrap |= opcode is Opcode.Unreachable or Opcode.TableGet or Opcode.TableSet
            or (>= Opcode.I32Load and <= Opcode.MemoryGrow)
            or (>= Opcode.I32DivS and <= Opcode.I32RemU) or (>= Opcode.I64DivS and <= Opcode.I64RemU)
            or (>= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U) or (>= Opcode.I64TruncF32S and <= Opcode.I64TruncF64U)
            or >= Opcode.MemoryInit;
    }

    // A copy of a moved value is a moved value.
    private void SpreadMoved()
    {
        var work = new Stack<int>(Enumerable.Range(0, _isMoved.Length).Where(IsMoved));
        while (work.TryPop(out int local))
        {
            if (!_copiesOf.TryGetValue(local, out List<int>? copies)) continue;
            foreach (int copy in copies)
            {
                if (_isMoved[copy]) continue;
                _isMoved[copy] = true;
                work.Push(copy);
            }
        }
    }
}
