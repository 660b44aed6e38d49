using System.Collections.Immutable;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;

namespace Interstice.Wasm.Instrumentation;

/// <summary>Rewrites the body of one function so that it counts.</summary>
/// <remarks>A function whose calls are counted gets a block around its code, the single exit at which its depth is given back;
/// <c>return</c> becomes a branch to the end of that block, and branches to the function's own label go there by
/// themselves.</remarks>
/// <param name="plan">What is added to the module.</param>
/// <param name="function">The function.</param>
/// <param name="body">Its body.</param>
internal sealed class MeteredBody(MeteringPlan plan, FunctionDeclaration function, FunctionBody body)
{
    private const byte NoResult = 0x40;

    private readonly FunctionScan _scan = FunctionScan.Of(plan.Module, function, body);
    private readonly ByteSink _code = new();

    /// <summary>Writes locals and code.</summary>
    /// <param name="locals">The declarations of the locals as they stand in the binary.</param>
    public ByteSink Write(ReadOnlySpan<byte> locals)
    {
        int units = DepthWeight.Of(body, _scan);
        _code.Raw(locals);
        MeteringCode.Charge(_code, plan, _scan.EntryWeight);
        if (units > 0)
        {
            MeteringCode.Enter(_code, plan, units);
            _code.Op(Opcode.Block);
            WriteBlockType(function.Type.Results);
        }

        WriteInstructions(units);
        return _code;
    }

    private void WriteBlockType(ImmutableArray<ValueKind> results)
    {
        if (results.IsEmpty) _code.Raw(NoResult);
        else if (results.Length == 1) _code.Kind(results[0]);
        else _code.Signed(plan.TypeOf(new FunctionType([], results)));
    }

    private void WriteInstructions(int units)
    {
        ReadOnlySpan<byte> binary = plan.Module.Bytes.Span;
        var reader = new CodeReader(plan.Module, body);
        int nesting = 0;
        int loops = 0;
        while (reader.Read())
        {
            ReadOnlySpan<byte> instruction = binary[reader.Offset..reader.Position];
            switch (reader.Opcode)
            {
                case Opcode.Block or Opcode.If:
                    nesting++;
                    _code.Raw(instruction);
                    break;
                case Opcode.Loop:
                    nesting++;
                    _code.Raw(instruction);
                    MeteringCode.Charge(_code, plan, _scan.LoopWeights[loops++]);
                    break;
                case Opcode.End:
                    if (--nesting < 0 && units > 0)
                    {
                        _code.Op(Opcode.End);
                        MeteringCode.Leave(_code, plan, units);
                    }

                    _code.Raw(instruction);
                    break;
                case Opcode.Return when units > 0:
                    _code.Op(Opcode.Br, nesting);
                    break;
                default:
                    WriteOther(reader, instruction);
                    break;
            }
        }
    }

    private void WriteOther(CodeReader reader, ReadOnlySpan<byte> instruction)
    {
        switch (reader.Opcode)
        {
            case Opcode.MemoryGrow:
                _code.Op(Opcode.Call, plan.GrowFunction);
                break;
            case Opcode.TableGrow:
                _code.Op(Opcode.Call, plan.FirstTableFunction + (int)reader.Index);
                break;
            case Opcode.MemoryFill or Opcode.MemoryCopy or Opcode.MemoryInit
                or Opcode.TableFill or Opcode.TableCopy or Opcode.TableInit:
                _code.Op(Opcode.Call, plan.BulkFunction).Raw(instruction);
                break;
            case Opcode.ReturnCall or Opcode.ReturnCallIndirect:
                throw new NotSupportedException("a tail call leaves its function by a way that is not counted here");
            default:
                _code.Raw(instruction);
                break;
        }
    }
}
