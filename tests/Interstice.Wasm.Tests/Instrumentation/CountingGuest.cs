using System.Globalization;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Instrumentation;
using Interstice.Wasm.Tests.Fuzzing;

namespace Interstice.Wasm.Tests.Instrumentation;

/// <summary>An instance of a generated module that is metered, by the engine or by its own binary.</summary>
internal abstract class CountingGuest : IDisposable
{
    /// <summary>Limits small enough to be met.</summary>
    public static readonly InstanceOptions Limits = new()
    {
        CallDepthMax = 3,
        MemoryPagesMax = 2,
        TableEntriesMax = 12,
        FuelInitial = StartFuel,
    };

    /// <summary>Fuel of a start function.</summary>
    public const long StartFuel = 200;

    /// <summary>The instance.</summary>
    public abstract Instance Instance { get; }

    /// <summary>Calls a function and says how it ended, with all that can be seen afterwards.</summary>
    public string Call(string function, Value[] arguments, long fuel)
    {
        Begin(fuel);
        string ending;
        try
        {
            ending = $"values {string.Join(' ', Instance.GetFunction(function).Invoke(arguments).Select(Text))}";
        }
        catch (WasmTrapException trap)
        {
            ending = KindOf(trap).ToString();
        }

        IEnumerable<string> globals = GuestShape.Globals.Select((_, i) => Text(((Global)Instance.GetExport($"g{i}")!).Value));
        return $"{ending} | fuel {Fuel} | {string.Join(' ', globals)} | {Instance.Memory!.Pages}";
    }

    public abstract void Dispose();

    /// <summary>Fuel that is left.</summary>
    protected abstract long Fuel { get; }

    /// <summary>Sets what the next call may use.</summary>
    protected abstract void Begin(long fuel);

    /// <summary>What a trap means.</summary>
    protected abstract TrapKind KindOf(WasmTrapException trap);

    private static string Text(Value value) => value.Bits.ToString(CultureInfo.InvariantCulture);

    /// <summary>Metered by the engine.</summary>
    public sealed class ByEngine(CompiledModule code, Imports imports) : CountingGuest
    {
        public override Instance Instance { get; } = code.Instantiate(imports, Limits);

        protected override long Fuel => Instance.Fuel;

        public override void Dispose() => Instance.Dispose();

        protected override void Begin(long fuel) => Instance.Fuel = fuel;

        // A call or a length that is over the limit has its own name in the engine for memory and for tables.
        protected override TrapKind KindOf(WasmTrapException trap) =>
            trap.Kind == TrapKind.TableLimitExceeded ? TrapKind.MemoryLimitExceeded : trap.Kind;
    }

    /// <summary>Metered by its own binary, the engine's metering off.</summary>
    public sealed class ByItself : CountingGuest
    {
        private readonly MeteredModule _metered;

        public ByItself(MeteredModule metered, CompiledModule code, Imports imports)
        {
            _metered = metered;
            Instance = code.Instantiate(imports);
            Global(metered.PagesMaxExport).Value = Value.FromI32((int)Limits.MemoryPagesMax);
            Global(metered.EntriesMaxExport).Value = Value.FromI32((int)Limits.TableEntriesMax);
            if (metered.StartExport is null) return;
            Begin(StartFuel);
            try
            {
                Instance.GetFunction(metered.StartExport).Invoke();
            }
            catch (WasmTrapException trap)
            {
                throw new WasmTrapException(KindOf(trap));
            }
        }

        public override Instance Instance { get; }

        protected override long Fuel => Math.Max(0, Global(_metered.FuelExport).Value.AsI64());

        public override void Dispose() => Instance.Dispose();

        protected override void Begin(long fuel)
        {
            Global(_metered.FuelExport).Value = Value.FromI64(fuel);
            Global(_metered.DepthExport).Value = Value.FromI32(Limits.CallDepthMax);
            Global(_metered.OverLimitExport).Value = Value.FromI32(0);
        }

        protected override TrapKind KindOf(WasmTrapException trap)
        {
            if (Global(_metered.FuelExport).Value.AsI64() < 0) return TrapKind.FuelExhausted;
            if (Global(_metered.DepthExport).Value.AsI32() < 0) return TrapKind.CallDepthExceeded;
            return Global(_metered.OverLimitExport).Value.AsI32() != 0 ? TrapKind.MemoryLimitExceeded : trap.Kind;
        }

        private Global Global(string name) => (Global)Instance.GetExport(name)!;
    }
}
