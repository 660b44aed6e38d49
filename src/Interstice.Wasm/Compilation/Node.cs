using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>An expression that has been read and not yet been emitted. Emitted exactly once, or dropped.</summary>
internal sealed class Node
{
    /// <summary>Makes an expression of up to two operands, which come first in the order of evaluation.</summary>
    internal Node(Opcode opcode, ValueKind kind, Node? left = null, Node? right = null)
    {
        Opcode = opcode;
        Kind = kind;
        Left = left;
        Right = right;
        IsRotated = Rotation.Is(opcode)
            || (Rotation.Passes(opcode) && (left is { IsRotated: true } || right is { IsRotated: true }));
        if (left is not null) Include(left);
        if (right is not null) Include(right);
    }

    /// <summary>The instruction, or a <see cref="PseudoOpcode"/>.</summary>
    internal Opcode Opcode { get; }

    /// <summary>Kind of the value.</summary>
    internal ValueKind Kind { get; }

    /// <summary>First operand.</summary>
    internal Node? Left { get; }

    /// <summary>Second operand.</summary>
    internal Node? Right { get; }

    /// <summary>Operands of a call.</summary>
    internal Node[] Arguments { get; init; } = [];

    /// <summary>Bits of a constant, or an index.</summary>
    internal long Immediate { get; init; }

    /// <summary>Constant part of an address.</summary>
    internal uint Offset { get; init; }

    /// <summary>The slot that is read.</summary>
    internal LocalSlot? Slot { get; init; }

    /// <summary>What an indirect call calls.</summary>
    internal Callee? Callee { get; init; }

    /// <summary>What is known of the value's NaN bits.</summary>
    internal FloatQuality Quality { get; init; }

    /// <summary>What evaluating it does.</summary>
    internal Effects Effects { get; set; }

    /// <summary>The locals and block parameters that it reads, folded to 64 bits.</summary>
    internal ulong Reads { get; set; }

    /// <summary>Whether the just-in-time compiler could take it for a rotation (<see cref="Rotation"/>).</summary>
    internal bool IsRotated { get; }

    /// <summary>Levels of operands below it.</summary>
    internal int Height { get; private set; }

    /// <summary>Whether it is a constant.</summary>
    internal bool IsConstant => Opcode is Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const
        or Opcode.RefNull;

    /// <summary>Whether it is the i32 or i64 constant of a value.</summary>
    internal bool IsInteger(out long value)
    {
        value = Immediate;
        return Opcode is Opcode.I32Const or Opcode.I64Const;
    }

    /// <summary>Takes over what evaluating an operand does.</summary>
    internal void Include(Node operand)
    {
        Effects |= operand.Effects;
        Reads |= operand.Reads;
        Height = Math.Max(Height, operand.Height + 1);
    }
}
