using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>An emitted method that calls a guest's function with values.</summary>
internal delegate void RawEntry(Function function, Value[] arguments, Value[] results);
