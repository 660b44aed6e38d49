using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>A local of the emitted method that holds values of one kind: a temporary, a block's result or
/// parameter.</summary>
/// <param name="Builder">The local.</param>
/// <param name="Kind">Kind of its values.</param>
/// <param name="Number">Its number among the slots of the function.</param>
internal sealed record LocalSlot(LocalBuilder Builder, ValueKind Kind, int Number);
