using System.Reflection.Emit;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <content>Blocks and branches.</content>
internal sealed partial class FunctionEmitter
{
    private void EmitBlockStart(Opcode opcode)
    {
        FunctionType type = _code.BlockType.Resolve(_module.Module.Types);
        Node? condition = opcode == Opcode.If ? Pop() : null;
        SettleAll();
        var block = new Block(opcode, type, _operands.Count - type.Parameters.Length);
        _blocks.Add(block);
        if (opcode != Opcode.Loop) block.Known = _known.Take();
        if (opcode == Opcode.Block) return;
        EmitCanonicalLocals();

        // Parameters of a loop are assigned again by branches to it, those of an if are read by both arms.
        block.Parameters = TakeSlots(type.Parameters);
        if (condition is null) Assign(block.Parameters, Pop(type.Parameters.Length));
        else AssignBefore(ref condition, block.Parameters, type.Parameters.Length);
        PushParameters(block);
        if (condition is not null)
        {
            block.ElseTarget = _il.DefineLabel();
            EmitBranch(condition, block.ElseTarget, whenTrue: false);
            return;
        }

        block.Target = _il.DefineLabel();
        block.HasTarget = true;
        _il.MarkLabel(block.Target);
        KeepKnownInLoop();
        EmitLoopFuel(_scan.LoopWeights[_loopsSeen++]);
    }

    // The condition was pushed last, but the parameters have been evaluated already, by SettleAll.
    private void AssignBefore(ref Node condition, LocalSlot[] parameters, int count)
    {
        if (count == 0) return;
        Node[] values = Pop(count);
        condition = ToTemporary(condition);
        Assign(parameters, values);
    }

    private void PushParameters(Block block)
    {
        foreach (LocalSlot slot in block.Parameters)
        {
            Push(new Node(PseudoOpcode.Slot, slot.Kind) { Slot = slot, Reads = BitOf(slot), Quality = QualityOf(slot.Kind) });
        }
    }

    private void EmitElse()
    {
        Block block = _blocks[^1];
        if (_isReachable) LeaveByAssigning(block);
        CutTo(block.Height);
        block.Opcode = Opcode.Else;
        _il.MarkLabel(block.ElseTarget);
        _known.GoBack(block.Known);
        _isReachable = true;
        PushParameters(block);
    }

    private void LeaveByAssigning(Block block)
    {
        EmitCanonicalLocals();
        EmitAssignment(block, Pop(block.Type.Results.Length));
        _il.Emit(OpCodes.Br, TargetOf(block));
    }

    private void EmitEnd()
    {
        Block block = _blocks[^1];
        if (block.Opcode == Opcode.If) EmitImplicitElse(block);
        bool isFunction = _blocks.Count == 1;
        bool isTargeted = block.HasTarget && block.Opcode != Opcode.Loop;
        if (isFunction && !isTargeted)
        {
            if (_isReachable) EmitReturnValues(Pop(block.Type.Results.Length));
            return;
        }

        if (isTargeted && _isReachable)
        {
            if (!isFunction) EmitCanonicalLocals();
            EmitAssignment(block, Pop(block.Type.Results.Length));
        }

        if (isTargeted)
        {
            CutTo(block.Height);
            _il.MarkLabel(block.Target);
            _known.GoBack(block.Known);
            foreach (LocalSlot slot in block.Results!) Push(Temporary(slot, QualityOf(slot.Kind)));
            _isReachable = true;
        }
        else if (!_isReachable)
        {
            CutTo(block.Height);
        }

        if (isFunction)
        {
            EmitReturnValues(Pop(block.Type.Results.Length));
            return;
        }

        // What still reads the parameters, a loop's results perhaps, must not see their slots used for something else.
        if (block.Parameters.Length > 0) SettleAll();
        foreach (LocalSlot slot in block.Parameters) Free(slot);
        _blocks.RemoveAt(_blocks.Count - 1);
    }

    // An if without else hands its parameters on as results when the condition is false.
    private void EmitImplicitElse(Block block)
    {
        if (_isReachable) LeaveByAssigning(block);
        CutTo(block.Height);
        _il.MarkLabel(block.ElseTarget);
        _known.GoBack(block.Known);
        _isReachable = true;
        PushParameters(block);
    }

    private void EmitBranch(Block target)
    {
        if (target != _blocks[0]) EmitCanonicalLocals();
        Node[] values = Pop(ArityOf(target));
        SettleBefore(values, Effects.Branch);
        EmitAssignment(target, values);
        _il.Emit(OpCodes.Br, TargetOf(target));
        SetUnreachable();
    }

    private void EmitBranchIf(Block target)
    {
        if (target != _blocks[0]) EmitCanonicalLocals();
        Node condition = Pop();
        int arity = ArityOf(target);
        if (arity == 0)
        {
            Settle(Effects.Branch | condition.Effects, 0);
            EmitBranch(condition, TargetOf(target), whenTrue: true);
            return;
        }

        SettleAll();
        Label skip = _il.DefineLabel();
        EmitBranch(condition, skip, whenTrue: false);
        EmitCopies(target, arity);
        _il.Emit(OpCodes.Br, TargetOf(target));
        _il.MarkLabel(skip);
    }

    private void EmitBranchTable()
    {
        EmitCanonicalLocals();
        Node index = Pop();
        Block[] targets = [.. _code.Labels.ToArray().Select(BlockAt)];
        int arity = ArityOf(targets[^1]);
        if (arity == 0)
        {
            Settle(Effects.Branch | index.Effects, 0);
            Emit(index);
            _il.Emit(OpCodes.Switch, [.. targets[..^1].Select(TargetOf)]);
            _il.Emit(OpCodes.Br, TargetOf(targets[^1]));
            SetUnreachable();
            return;
        }

        SettleAll();
        var landings = new Dictionary<Block, Label>();
        foreach (Block target in targets.Distinct()) landings.Add(target, _il.DefineLabel());
        Emit(index);
        _il.Emit(OpCodes.Switch, [.. targets[..^1].Select(target => landings[target])]);
        _il.Emit(OpCodes.Br, landings[targets[^1]]);
        foreach ((Block target, Label landing) in landings)
        {
            _il.MarkLabel(landing);
            EmitCopies(target, arity);
            _il.Emit(OpCodes.Br, TargetOf(target));
            CheckCodeBytes();
        }

        SetUnreachable();
    }

    private void EmitReturn() => EmitBranch(_blocks[0]);

    private void EmitUnreachable()
    {
        Settle(Effects.Branch, 0);
        _il.EmitInt(_code.Offset);
        _il.Emit(OpCodes.Call, RuntimeMethods.Unreachable);
        _il.Emit(OpCodes.Throw);
        SetUnreachable();
    }

    private void SetUnreachable()
    {
        CutTo(_blocks[^1].Height);
        _arithmeticLocals.Clear();
        _isReachable = false;
    }

    /// <summary>Evaluates what must come before values that have been popped are evaluated and something
    /// happens.</summary>
    private void SettleBefore(Node[] values, Effects effects)
    {
        foreach (Node value in values) effects |= value.Effects;
        Settle(effects, 0);
    }

    /// <summary>Evaluates values into what a branch to a block assigns.</summary>
    private void EmitAssignment(Block target, Node[] values) => Assign(SlotsOf(target), values);

    // All values are evaluated before the first slot is written: they may read the parameters that are assigned.
    private void Assign(LocalSlot[] slots, Node[] values)
    {
        foreach (Node value in values) Emit(Canonical(value));
        for (int i = slots.Length - 1; i >= 0; i--) EmitStore(slots[i]);
    }

    /// <summary>Copies the top operands, which are settled and stay, into what a branch assigns.</summary>
    private void EmitCopies(Block target, int arity)
    {
        LocalSlot[] slots = SlotsOf(target);
        foreach (Node value in _operands.GetRange(_operands.Count - arity, arity))
        {
            if (value.Opcode != PseudoOpcode.Temporary) EmitConstant(value);
            else _il.Emit(OpCodes.Ldloc, value.Slot!.Builder);
            if (value.Quality == FloatQuality.Arithmetic) EmitCanonical(value.Kind);
        }

        for (int i = slots.Length - 1; i >= 0; i--) EmitStore(slots[i]);
    }

    private Block BlockAt(uint depth) => _blocks[_blocks.Count - 1 - (int)depth];

    private static int ArityOf(Block block) =>
        block.Opcode == Opcode.Loop ? block.Type.Parameters.Length : block.Type.Results.Length;

    private LocalSlot[] SlotsOf(Block block) => block.Opcode == Opcode.Loop
        ? block.Parameters
        : block.Results ??= TakeSlots(block.Type.Results);

    private Label TargetOf(Block block)
    {
        if (block.HasTarget) return block.Target;
        block.HasTarget = true;
        block.Results ??= TakeSlots(block.Type.Results);
        return block.Target = _il.DefineLabel();
    }

    private static FloatQuality QualityOf(ValueKind kind) =>
        kind is ValueKind.F32 or ValueKind.F64 ? FloatQuality.Moved : FloatQuality.Canonical;
}
