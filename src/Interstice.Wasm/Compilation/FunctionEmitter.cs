using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>Emits the IL of one function in one pass over its code.</summary>
/// <remarks>
/// Operands are kept as trees and emitted when something consumes them, so that the just-in-time compiler sees
/// expressions rather than a stack machine. Invariants: the IL stack is empty at every label and branch; at the start
/// of every block each operand below it is a constant or a temporary, so that nothing has to be evaluated early on one
/// of two paths; a tree is put into a temporary before anything happens that it must precede
/// (<see cref="EffectRules"/>) or that writes a local that it reads.
/// </remarks>
internal sealed partial class FunctionEmitter
{
    /// <summary>IL bytes and locals below which the just-in-time compiler never runs into limits of its own.</summary>
    private const int SafeCodeBytesMax = 500_000;
    private const int SafeLocalsMax = 10_000;

    /// <summary>Most IL bytes of one function. Branches and calls with many values emit far more than they take in the
    /// binary.</summary>
    private const int CodeBytesMax = 8 << 20;

    private readonly ModuleEmitter _module;
    private readonly FunctionType _type;
    private readonly FunctionBody _body;
    private readonly FunctionScan _scan;
    private readonly CodeReader _code;
    private readonly ILGenerator _il;
    private readonly LocalBuilder?[] _locals;
    private readonly List<Block> _blocks = [];
    private readonly int _depthWeight;
    private int _loopsSeen;
    private bool _isReachable = true;
    private int _deadBlocks;
    private int _localCount;

    private FunctionEmitter(ModuleEmitter module, FunctionDeclaration function, FunctionScan scan, ILGenerator il)
    {
        _module = module;
        _type = function.Type;
        _body = function.Body!;
        _scan = scan;
        _il = il;
        _code = new CodeReader(module.Module, _body);
        _locals = new LocalBuilder?[_body.Locals.Length];
        _depthWeight = DepthWeight.Of(_body, scan);
    }

    /// <summary>Emits a function.</summary>
    /// <returns>How large it has become.</returns>
    internal static CodeSize Emit(ModuleEmitter module, FunctionDeclaration function, FunctionScan scan, ILGenerator il)
    {
        var emitter = new FunctionEmitter(module, function, scan, il);
        emitter.EmitBody();
        int locals = emitter._localCount + emitter._type.Parameters.Length;
        return il.ILOffset > SafeCodeBytesMax || locals > SafeLocalsMax ? CodeSize.Doubtful
            : il.ILOffset > IlSize.SmallBytes ? CodeSize.Large
            : CodeSize.Small;
    }

    private void EmitBody()
    {
        _blocks.Add(new Block(Opcode.Block, new FunctionType([], _type.Results), 0));
        EmitEntryFuel();
        EmitDepthCheck();
        if (_scan.UsesMemory) EmitMemoryLocals();
        if (_scan.Rotates) EmitZeroLocal();
        while (_code.Read())
        {
            if (_isReachable) EmitInstruction(_code.Opcode);
            else SkipInstruction(_code.Opcode);
            CheckCodeBytes();
        }

        foreach (Action emit in _coldBlocks) emit();
    }

    // Unreachable code has no operands whose kinds could be known, so it is left out; only its nesting matters.
    private void SkipInstruction(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.If or Opcode.Loop:
                _deadBlocks++;
                if (opcode == Opcode.Loop) _loopsSeen++;
                break;
            case Opcode.End when _deadBlocks > 0: _deadBlocks--; break;
            case Opcode.End: EmitEnd(); break;
            case Opcode.Else when _deadBlocks == 0: EmitElse(); break;
            default: break;
        }
    }

    private void CheckCodeBytes()
    {
        if (_il.ILOffset <= CodeBytesMax) return;
        throw new WasmFormatException(
            WasmFormatErrorKind.LimitExceeded, _body.CodeOffset,
            $"the function needs more than {CodeBytesMax} bytes of .NET code; split it");
    }

    private LocalBuilder DeclareLocal(Type type)
    {
        if (_localCount++ >= ushort.MaxValue - 1)
        {
            throw new WasmFormatException(
                WasmFormatErrorKind.LimitExceeded,
                _body.CodeOffset,
                "the function needs more than 65,534 locals and temporaries in .NET code; split it");
        }

        return _il.DeclareLocal(type);
    }

    private bool IsParameter(int local) => local < _type.Parameters.Length;
}
