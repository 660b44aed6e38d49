using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

/// <summary>The kinds of the operands that are on the stack at a point of a function.</summary>
/// <remarks>A kind is <see cref="Unknown"/> where code cannot be reached and the stack is what it needs to be. How far
/// down a block may reach is the caller's to check: it passes the height at which its block begins.</remarks>
internal sealed class OperandStack(ModuleLimits limits)
{
    /// <summary>Any kind: the operand stems from unreachable code.</summary>
    public const ValueKind Unknown = 0;

    private ValueKind[] _kinds = new ValueKind[64];

    /// <summary>Number of operands.</summary>
    public int Count { get; private set; }

    /// <summary>The operands above <paramref name="height"/>, the top one last.</summary>
    public ReadOnlySpan<ValueKind> Above(int height) => _kinds.AsSpan(height, Count - height);

    /// <summary>Adds one operand.</summary>
    /// <returns><see langword="false"/> when the limit is reached.</returns>
    public bool TryPush(ValueKind kind)
    {
        if (Count == _kinds.Length && !TryGrow(1)) return false;
        _kinds[Count++] = kind;
        return true;
    }

    /// <summary>Adds operands, the last of them on top.</summary>
    /// <returns><see langword="false"/> when the limit is reached.</returns>
    public bool TryPush(ReadOnlySpan<ValueKind> kinds)
    {
        if (kinds.Length > _kinds.Length - Count && !TryGrow(kinds.Length)) return false;
        kinds.CopyTo(_kinds.AsSpan(Count));
        Count += kinds.Length;
        return true;
    }

    /// <summary>Takes the top operand off; there must be one.</summary>
    public ValueKind Pop() => _kinds[--Count];

    /// <summary>Takes operands off until <paramref name="height"/> are left.</summary>
    public void CutTo(int height) => Count = height;

    private bool TryGrow(int more)
    {
        long needed = (long)Count + more;
        if (needed > limits.OperandsMax) return false;
        Array.Resize(ref _kinds, (int)Math.Min(Math.Max(needed, _kinds.Length * 2L), Math.Max(limits.OperandsMax, 64)));
        return true;
    }
}
