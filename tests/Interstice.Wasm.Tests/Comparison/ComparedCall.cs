using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Comparison;

/// <summary>A call of an export.</summary>
internal sealed record ComparedCall(string Name, Value[] Arguments, ValueKind[] Results)
{
    public override string ToString() => $"{Name}({EngineSide.Text(Arguments)})";
}
