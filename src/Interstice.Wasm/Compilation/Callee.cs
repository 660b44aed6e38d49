using System.Reflection.Emit;

namespace Interstice.Wasm.Compilation;

/// <summary>Two locals of the emitted method that hold what an indirect call calls.</summary>
/// <param name="Code">Address of the code.</param>
/// <param name="Target">Its first argument: the instance, or a bridge call.</param>
internal sealed record Callee(LocalBuilder Code, LocalBuilder Target);
