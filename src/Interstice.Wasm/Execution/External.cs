using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>What can be imported and exported: a function, table, memory or global. A closed family.</summary>
public abstract class External
{
    private protected External()
    {
    }

    /// <summary>Which of the four it is.</summary>
    public abstract ExternKind Kind { get; }

    /// <summary>Its type as the specification writes it, for messages.</summary>
    internal abstract string Describe();
}
