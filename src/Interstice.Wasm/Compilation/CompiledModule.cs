using System.Reflection;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Compilation;

/// <summary>A module as .NET code, from which instances are made. Thread-safe; compile each code hash once per
/// process.</summary>
/// <remarks>The code lives in a collectible assembly that is freed when nothing refers to the module, its instances and their
/// functions any more.</remarks>
public sealed class CompiledModule : IDisposable
{
    private CompiledModule(WasmModule module, CompilerOptions options) => (Module, Options) = (module, options);

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>What the compiler added.</summary>
    public CompilerOptions Options { get; }

    /// <summary>Compiles a module.</summary>
    /// <param name="module">A validated module.</param>
    /// <param name="options">What to add; null for the defaults.</param>
    /// <exception cref="WasmFormatException">The module exceeds a limit of the compiler.</exception>
    public static CompiledModule Compile(WasmModule module, CompilerOptions? options = null) =>
        throw new NotImplementedException();

    /// <summary>Makes an instance: links the imports, applies the active segments and runs the start function.</summary>
    /// <param name="imports">What the host supplies.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <exception cref="WasmLinkException">An import is missing or of another type.</exception>
    /// <exception cref="WasmTrapException">A segment does not fit, a limit is too small, or the start function
    /// trapped.</exception>
    public Instance Instantiate(Imports imports, InstanceOptions? options = null) => throw new NotImplementedException();

    /// <summary>Lets go of the code; instances keep it until they end.</summary>
    public void Dispose()
    {
    }

    /// <summary>The entry by which the host calls functions of a type.</summary>
    internal MethodInfo EntryFor(int typeId) => throw new NotImplementedException();

    /// <summary>The entry that takes values.</summary>
    internal RawEntry RawEntryFor(int typeId) => throw new NotImplementedException();

    /// <summary>The address of the bridge for indirect calls of a type.</summary>
    internal nint BridgeFor(int typeId) => throw new NotImplementedException();

    /// <summary>The type of a number.</summary>
    internal FunctionType TypeOf(int typeId) => throw new NotImplementedException();

    /// <summary>The number of a type, from 1; equal types have one number.</summary>
    internal int TypeIdOf(FunctionType type) => throw new NotImplementedException();

    /// <summary>The address of a function's code.</summary>
    internal nint AddressOf(int functionIndex) => throw new NotImplementedException();

    /// <summary>The name of a function, or null.</summary>
    internal string? NameOf(int functionIndex) => throw new NotImplementedException();

    /// <summary>The function whose code a method is, or -1.</summary>
    internal int FunctionIndexOf(MethodBase method) => throw new NotImplementedException();
}
