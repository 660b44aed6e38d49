using System.Collections.Immutable;

namespace Interstice.Wasm.Binary;

/// <summary>The code of one function as a range of the binary.</summary>
/// <param name="Locals">Kinds of all locals: the parameters first, then the declared ones expanded.</param>
/// <param name="CodeOffset">Offset in the binary of the first instruction.</param>
/// <param name="CodeLength">Length in bytes, the final <c>end</c> included.</param>
public sealed record FunctionBody(ImmutableArray<ValueKind> Locals, int CodeOffset, int CodeLength);
