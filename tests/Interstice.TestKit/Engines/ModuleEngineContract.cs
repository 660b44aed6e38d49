using System.Runtime.ExceptionServices;
using Interstice.Host.Modules;

namespace Interstice.TestKit.Engines;

/// <summary>What every engine behind <see cref="IModuleEngine"/> must do. A test class of the engine derives from it.</summary>
/// <remarks>The guests are in tests/modules/engine. What engines may do in their own way is not asserted: the words of a trap
/// and the offset it names.</remarks>
public abstract partial class ModuleEngineContract
{
    /// <summary>Limits of the suite: small, so that every one is reached soon.</summary>
    protected static readonly ModuleLimits Limits = new()
    {
        FuelPerCall = 1_000_000,
        FuelPerQuery = 1_000_000,
        CallDepthMax = 200,
        MemoryPagesMax = 64,
        TableEntriesMax = 1_000,
    };

    private IModuleEngine? _engine;

    protected IModuleEngine Engine => _engine ??= CreateEngine();

    /// <summary>Makes the engine.</summary>
    protected abstract IModuleEngine CreateEngine();

    /// <summary>A binary of tests/modules/engine.</summary>
    protected static byte[] Binary(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "engine", name + ".wasm"));

    /// <summary>Loads a module, makes one initialised instance, and does something with it on a thread for guests.</summary>
    protected void WithGuest(string module, Action<GuestUnderTest> test) => WithGuest(module, Limits, test);

    /// <summary>The same under other limits.</summary>
    protected void WithGuest(string module, ModuleLimits limits, Action<GuestUnderTest> test)
    {
        using IModuleCode code = Engine.Load(Binary(module));
        OnGuestThread(limits, () =>
        {
            using var guest = new GuestUnderTest(code, limits);
            guest.Begin();
            test(guest);
        });
    }

    /// <summary>Does something on a thread with as much stack as the engine asks for.</summary>
    protected void OnGuestThread(ModuleLimits limits, Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception fault)
                {
                    failure = ExceptionDispatchInfo.Capture(fault);
                }
            },
            Engine.StackBytes(limits));
        thread.Start();
        thread.Join();
        failure?.Throw();
    }
}
