using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <content>Making NaN canonical, as late as can be.</content>
/// <remarks>A float local that only arithmetic writes always holds results of arithmetic, and its value is made
/// canonical where it is seen. A local that also holds moved values is tracked along straight code: while an arithmetic
/// result is in it, it counts as such, and before control can join from elsewhere it is made canonical in
/// place.</remarks>
internal sealed partial class FunctionEmitter
{
    // Locals that can hold moved values, and hold an arithmetic result at this point.
    private readonly HashSet<int> _arithmeticLocals = [];

    private bool HoldsMoved(int local) => _scan.IsMoved(local) && !_arithmeticLocals.Contains(local);

    private void NoteAssigned(int local, FloatQuality quality)
    {
        if (quality == FloatQuality.Arithmetic) _arithmeticLocals.Add(local);
        else _arithmeticLocals.Remove(local);
    }

    /// <summary>Before a branch or label: makes canonical what later code could take for moved.</summary>
    private void EmitCanonicalLocals()
    {
        foreach (int local in _arithmeticLocals)
        {
            EmitLocalGet(local);
            EmitCanonical(_body.Locals[local]);
            EmitStoreLocal(local);
        }

        _arithmeticLocals.Clear();
    }

    private void EmitCanonical(ValueKind kind) =>
        _il.Emit(OpCodes.Call, kind == ValueKind.F32 ? RuntimeMethods.Canonical32 : RuntimeMethods.Canonical64);

    /// <summary>The value with a NaN made canonical, if its bits mean nothing yet.</summary>
    private static Node Canonical(Node node) => node.Quality == FloatQuality.Arithmetic
        ? new Node(PseudoOpcode.Canonical, node.Kind, node)
        : node;
}
