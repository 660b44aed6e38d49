using System.Collections.Immutable;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

/// <summary>Validates function bodies by the algorithm of the core specification's appendix "Validation Algorithm": one
/// pass over the code with a stack of operand kinds and a stack of open blocks.</summary>
/// <remarks>Invariants: the operand stack is never lower than the height of the innermost block, and the outermost
/// block is the function until its last <c>end</c>. The decoder has checked that blocks nest and that indices are
/// numbers; whether they name anything is checked here. One function after another; not thread-safe.</remarks>
internal sealed partial class FunctionValidator
{
    private readonly ModuleDraft _module;
    private readonly bool[] _referable;
    private readonly OperandStack _operands;
    private readonly CodeReader _code;
    private ControlFrame[] _frames = new ControlFrame[16];
    private int _frameCount;
    private int _function;
    private ImmutableArray<ValueKind> _locals;

    /// <param name="module">The module that the functions belong to.</param>
    /// <param name="referable">For each function of the module: whether <c>ref.func</c> may name it.</param>
    public FunctionValidator(ModuleDraft module, bool[] referable)
    {
        _module = module;
        _referable = referable;
        _operands = new OperandStack(module.Limits);
        _code = new CodeReader(module.Bytes, 0, 0, module.Limits);
    }

    /// <summary>Validates one body.</summary>
    /// <param name="function">Index of the function, for messages.</param>
    /// <param name="type">Its type.</param>
    /// <param name="body">Its body.</param>
    /// <exception cref="WasmFormatException">The body is invalid or over a limit.</exception>
    public void Validate(int function, FunctionType type, FunctionBody body)
    {
        _function = function;
        _locals = body.Locals;
        _code.Restart(body.CodeOffset, body.CodeLength);
        _operands.CutTo(0);
        _frameCount = 0;
        PushFrame(Opcode.Block, type);
        while (_code.Read()) CheckInstruction();
    }

    private ref ControlFrame Innermost => ref _frames[_frameCount - 1];

    private void Push(ValueKind kind)
    {
        if (!_operands.TryPush(kind)) throw TooManyOperands();
    }

    private void Push(ImmutableArray<ValueKind> kinds)
    {
        if (!_operands.TryPush(kinds.AsSpan())) throw TooManyOperands();
    }

    /// <summary>Takes off any operand; unknown in unreachable code that has none.</summary>
    private ValueKind Pop()
    {
        ref ControlFrame frame = ref Innermost;
        if (_operands.Count > frame.Height) return _operands.Pop();
        return frame.IsUnreachable ? OperandStack.Unknown : throw Mismatch("an operand", "none");
    }

    private ValueKind Pop(ValueKind expected)
    {
        ref ControlFrame frame = ref Innermost;
        if (_operands.Count == frame.Height)
            return frame.IsUnreachable ? OperandStack.Unknown : throw Mismatch(expected.Text(), "none");
        ValueKind found = _operands.Pop();
        return found == expected || found == OperandStack.Unknown
            ? found
            : throw Mismatch(expected.Text(), found.Text());
    }

    private void Pop(ImmutableArray<ValueKind> expected)
    {
        CheckTop(expected);
        _operands.CutTo(Math.Max(_operands.Count - expected.Length, Innermost.Height));
    }

    /// <summary>Checks that the top operands have these kinds, and leaves them.</summary>
    private void CheckTop(ImmutableArray<ValueKind> expected)
    {
        ref ControlFrame frame = ref Innermost;
        ReadOnlySpan<ValueKind> found = _operands.Above(frame.Height);
        ReadOnlySpan<ValueKind> wanted = expected.AsSpan();
        if (found.Length < wanted.Length)
        {
            if (!frame.IsUnreachable) throw Mismatch(Text(wanted), Text(found));
            wanted = wanted[^found.Length..];
        }

        found = found[^wanted.Length..];
        if (found.SequenceEqual(wanted)) return;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (found[i] != wanted[i] && found[i] != OperandStack.Unknown)
                throw Mismatch(Text(expected.AsSpan()), Text(found));
        }
    }

    private void PushFrame(Opcode opcode, FunctionType type)
    {
        if (_frameCount == _frames.Length) Array.Resize(ref _frames, _frames.Length * 2);
        _frames[_frameCount++] = new ControlFrame
        {
            Opcode = opcode,
            Type = type,
            Height = _operands.Count,
            CheckedBranchTable = -1,
        };
    }

    /// <summary>Closes the innermost block: exactly its results must be on the stack above it.</summary>
    private ControlFrame PopFrame()
    {
        ControlFrame frame = Innermost;
        Pop(frame.Type.Results);
        if (_operands.Count != frame.Height)
        {
            throw Mismatch(
                $"{Text(frame.Type.Results.AsSpan())} at the end of the block",
                $"{_operands.Count - frame.Height} more below");
        }

        _frameCount--;
        return frame;
    }

    private void SetUnreachable()
    {
        ref ControlFrame frame = ref Innermost;
        _operands.CutTo(frame.Height);
        frame.IsUnreachable = true;
    }

    private WasmFormatException Mismatch(string expected, string found) =>
        Invalid($"type mismatch: {_code.Opcode.Text()} expects {expected}, found {found}");

    private WasmFormatException Invalid(string message) =>
        WasmFormatException.Invalid(_code.Offset, $"{message}, in function {_function}");

    private WasmFormatException TooManyOperands() => WasmFormatException.OverLimit(
        _code.Offset,
        $"operands on the stack of function {_function}",
        (ulong)_module.Limits.OperandsMax + 1,
        _module.Limits.OperandsMax,
        nameof(ModuleLimits.OperandsMax));

    private static string Text(ReadOnlySpan<ValueKind> kinds)
    {
        const int Shown = 8;
        IEnumerable<string> names = kinds[..Math.Min(kinds.Length, Shown)].ToArray()
            .Select(kind => kind == OperandStack.Unknown ? "any" : kind.Text());
        return $"[{string.Join(' ', names)}{(kinds.Length > Shown ? " ..." : "")}]";
    }
}
