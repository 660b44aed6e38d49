using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <content>The operand stack, and the temporaries that operands are put into.</content>
internal sealed partial class FunctionEmitter
{
    /// <summary>Tallest tree: the just-in-time compiler recurses over trees.</summary>
    private const int TreeHeightMax = 40;

    /// <summary>Most operands that are looked through when something happens.</summary>
    private const int PendingMax = 128;

    private readonly List<Node> _operands = [];
    private readonly Dictionary<ValueKind, Stack<LocalSlot>> _freeSlots = [];
    private readonly bool[] _mustSettle = new bool[PendingMax + 1];
    private int _slotCount;

    // Operands below this index are constants or temporaries, which nothing can disturb.
    private int _settledCount;

    private void Push(Node node)
    {
        if (node.Height > TreeHeightMax) node = ToTemporary(node);
        _operands.Add(node);
        if (_operands.Count - _settledCount > PendingMax) SettleAll();
    }

    private Node Pop()
    {
        Node node = _operands[^1];
        _operands.RemoveAt(_operands.Count - 1);
        _settledCount = Math.Min(_settledCount, _operands.Count);
        return node;
    }

    private Node[] Pop(int count)
    {
        Node[] nodes = [.. _operands.GetRange(_operands.Count - count, count)];
        _operands.RemoveRange(_operands.Count - count, count);
        _settledCount = Math.Min(_settledCount, _operands.Count);
        return nodes;
    }

    /// <summary>Evaluates a tree now.</summary>
    private Node ToTemporary(Node node)
    {
        if (node.IsConstant || node.Opcode == PseudoOpcode.Temporary) return node;
        Settle(node.Effects, 0);
        LocalSlot slot = TakeSlot(node.Kind);
        Emit(node);
        EmitStore(slot);
        return Temporary(slot, node.Quality);
    }

    private static Node Temporary(LocalSlot slot, FloatQuality quality) =>
        new(PseudoOpcode.Temporary, slot.Kind) { Slot = slot, Quality = quality };

    private void SettleAll()
    {
        for (int i = _settledCount; i < _operands.Count; i++) SettleOperand(i);
        _settledCount = _operands.Count;
    }

    /// <summary>Evaluates the operands that must precede something that is about to happen.</summary>
    /// <param name="effects">What is about to happen.</param>
    /// <param name="writes">The locals and block parameters that it writes, folded to 64 bits.</param>
    private void Settle(Effects effects, ulong writes)
    {
        int last = -1;
        for (int i = _operands.Count - 1; i >= _settledCount; i--)
        {
            Node operand = _operands[i];
            if ((operand.Reads & writes) == 0 && !EffectRules.MustPrecede(operand.Effects, effects)) continue;

            // What is evaluated now must itself be preceded by what is below it.
            effects |= operand.Effects;
            _mustSettle[i - _settledCount] = true;
            if (last < 0) last = i;
        }

        int from = _settledCount;
        for (int i = from; i <= last; i++)
        {
            if (!_mustSettle[i - from]) continue;
            _mustSettle[i - from] = false;
            SettleOperand(i);
        }
    }

    private void SettleOperand(int index)
    {
        Node node = _operands[index];
        if (node.IsConstant || node.Opcode == PseudoOpcode.Temporary) return;
        LocalSlot slot = TakeSlot(node.Kind);
        Emit(node);
        EmitStore(slot);
        _operands[index] = Temporary(slot, node.Quality);
    }

    /// <summary>Drops operands that unreachable code leaves behind.</summary>
    private void CutTo(int height)
    {
        for (int i = height; i < _operands.Count; i++) Release(_operands[i]);
        _operands.RemoveRange(height, _operands.Count - height);
        _settledCount = Math.Min(_settledCount, height);
    }

    private LocalSlot TakeSlot(ValueKind kind) =>
        _freeSlots.TryGetValue(kind, out Stack<LocalSlot>? free) && free.TryPop(out LocalSlot? slot)
            ? slot
            : new LocalSlot(DeclareLocal(Signature.ClrType(kind)), kind, _slotCount++);

    private LocalSlot[] TakeSlots(IReadOnlyList<ValueKind> kinds) => [.. kinds.Select(TakeSlot)];

    private void Free(LocalSlot slot)
    {
        if (!_freeSlots.TryGetValue(slot.Kind, out Stack<LocalSlot>? free)) _freeSlots.Add(slot.Kind, free = new Stack<LocalSlot>());
        free.Push(slot);
    }

    /// <summary>Gives back the temporaries of a tree that is not emitted.</summary>
    private void Release(Node node)
    {
        if (node.Opcode == PseudoOpcode.Temporary) Free(node.Slot!);
        if (node.Callee is not null) _freeCallees.Push(node.Callee);
        if (node.Left is not null) Release(node.Left);
        if (node.Right is not null) Release(node.Right);
        foreach (Node argument in node.Arguments) Release(argument);
    }

    private void EmitStore(LocalSlot slot)
    {
        _il.Emit(OpCodes.Stloc, slot.Builder);
        _known.Forget(KeyOf(slot));
    }

    private LocalBuilder LocalAt(int local) => _locals[local] ??= DeclareLocal(Signature.ClrType(_body.Locals[local]));

    private static ulong BitOf(int local) => 1UL << (local & 63);

    private ulong BitOf(LocalSlot slot) => BitOf(_body.Locals.Length + slot.Number);
}
