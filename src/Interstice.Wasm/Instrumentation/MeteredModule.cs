using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Instrumentation;

/// <summary>A module into whose binary the counters of fuel and call depth have been written, for an engine that does not
/// count by docs/formats/fuel.md itself.</summary>
/// <remarks>
/// Whoever runs the binary turns off the metering of its own engine, instantiates, sets the exported globals, then calls
/// <see cref="StartExport"/> if there is one: the binary itself has no start function, so that the start is counted too.
/// Before every call from outside it sets fuel and depth. After a trap, fuel below zero says that the fuel is out,
/// depth below zero that calls are nested too deeply, and a limit flag of 1 that memory or a table would have passed its
/// limit; whatever the engine says of the trap then means nothing.
/// All indices of the module stay what they were. Immutable.
/// </remarks>
public sealed class MeteredModule
{
    private readonly int[] _bodyStarts;
    private readonly int _firstBody;

    private MeteredModule(byte[] binary, string[] exports, string? start, int firstBody, int[] bodyStarts)
    {
        Binary = binary;
        FuelExport = exports[0];
        DepthExport = exports[1];
        PagesMaxExport = exports[2];
        EntriesMaxExport = exports[3];
        OverLimitExport = exports[4];
        StartExport = start;
        _firstBody = firstBody;
        _bodyStarts = bodyStarts;
    }

    /// <summary>The binary.</summary>
    public ReadOnlyMemory<byte> Binary { get; }

    /// <summary>Global i64: fuel that is left, at most 2^63 - 1.</summary>
    public string FuelExport { get; }

    /// <summary>Global i32: call depth that is left.</summary>
    public string DepthExport { get; }

    /// <summary>Global i32: most pages of memory.</summary>
    public string PagesMaxExport { get; }

    /// <summary>Global i32: most entries of a table.</summary>
    public string EntriesMaxExport { get; }

    /// <summary>Global i32: 1 once memory or a table would have passed its limit.</summary>
    public string OverLimitExport { get; }

    /// <summary>Function without parameters and results: the start function, or null.</summary>
    public string? StartExport { get; }

    /// <summary>Writes the counters into a module.</summary>
    /// <param name="module">A validated module.</param>
    public static MeteredModule Of(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        string[] names = ["fuel", "depth", "pages-max", "entries-max", "over-limit", "start"];
        HashSet<string> taken = [.. module.Exports.Select(export => export.Name)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = $"interstice metering {names[i]}";
            while (!taken.Add(names[i])) names[i] += "'";
        }

        string? start = module.Start is null ? null : names[MeteringPlan.AddedGlobals];
        var writer = new MeteredBinaryWriter(module, names[..MeteringPlan.AddedGlobals], start);
        byte[] binary = writer.Write();
        return new MeteredModule(binary, names, start, module.ImportedFunctionCount, [.. writer.BodyStarts]);
    }

    /// <summary>The function of the original module whose code stands at an offset of <see cref="Binary"/>; -1 in code that was
    /// added, and outside of code.</summary>
    /// <param name="offset">Bytes from the start of <see cref="Binary"/>.</param>
    public int FunctionAt(long offset)
    {
        // The last start is the end of the last body of the module's own.
        if (offset < _bodyStarts[0] || offset >= _bodyStarts[^1]) return -1;
        int found = Array.BinarySearch(_bodyStarts, (int)offset);
        return _firstBody + (found >= 0 ? found : ~found - 1);
    }
}
