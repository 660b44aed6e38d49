using Interstice.Host.Abi;
using Wasmtime;

namespace Interstice.Wasmtime;

/// <summary>Gives the host's functions to a linker as typed callbacks, and keeps what one of them throws, so that telling a
/// trap from a defect does not rest on what the package's exceptions carry.</summary>
internal sealed partial class HostBindings
{
    private Exception? _fault;

    /// <summary>Defines all functions of the host.</summary>
    public void Define(Linker linker, HostImports imports)
    {
        foreach (HostFunction function in HostFunction.All) Define(linker, function.Name, function.Bind(imports));
    }

    /// <summary>What a host function threw since this was asked last, or null.</summary>
    public Exception? TakeFault() => Interlocked.Exchange(ref _fault, null);

    private void Define(Linker linker, string name, Delegate function)
    {
        const string module = HostFunction.Module;
        switch (function)
        {
            case Action<int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Action<int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Action<int, int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Action<int, int, int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<long> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<long, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, int, int, int, long, long, long> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, long> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, int, int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, int, int, int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, int, int, int, int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            case Func<int, int, int, int, int, int, int> f: linker.DefineFunction(module, name, Guard(f)); break;
            default:
                throw new NotSupportedException(
                    $"the host function {name} is a {function.GetType()}, which {nameof(HostBindings)} does not bind yet");
        }
    }
}
