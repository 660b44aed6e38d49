using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Spec.Running;

/// <summary>The host module <c>spectest</c> that the suite imports from. What its functions print goes
/// nowhere.</summary>
internal static class SpectestModule
{
    public const string Name = "spectest";

    /// <summary>Adds a new one to <paramref name="imports"/>.</summary>
    /// <returns>Its memory, to be disposed by the caller.</returns>
    public static LinearMemory AddTo(Imports imports)
    {
        imports.Add(Name, "print", Function.FromDelegate(() => { }));
        imports.Add(Name, "print_i32", Function.FromDelegate((int _) => { }));
        imports.Add(Name, "print_i64", Function.FromDelegate((long _) => { }));
        imports.Add(Name, "print_f32", Function.FromDelegate((float _) => { }));
        imports.Add(Name, "print_f64", Function.FromDelegate((double _) => { }));
        imports.Add(Name, "print_i32_f32", Function.FromDelegate((int _, float _) => { }));
        imports.Add(Name, "print_f64_f64", Function.FromDelegate((double _, double _) => { }));
        imports.Add(Name, "global_i32", new Global(Value.FromI32(666), isMutable: false));
        imports.Add(Name, "global_i64", new Global(Value.FromI64(666), isMutable: false));
        imports.Add(Name, "global_f32", new Global(Value.FromF32(666.6f), isMutable: false));
        imports.Add(Name, "global_f64", new Global(Value.FromF64(666.6), isMutable: false));
        imports.Add(Name, "table", new Table(ValueKind.FuncRef, 10, 20));
        var memory = new LinearMemory(1, 2);
        imports.Add(Name, "memory", memory);
        return memory;
    }
}
