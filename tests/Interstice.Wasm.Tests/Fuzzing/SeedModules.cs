using System.IO.Compression;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Building;
using Interstice.Wasm.Tests.Reference;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>Valid modules that inputs are made of: the shipped ones, those of the tests, the specification suite's where
/// it is present, and generated ones.</summary>
internal sealed class SeedModules
{
    // Large modules take long to damage and to run and show nothing that small ones do not.
    private const int BytesMax = 12_000;

    private readonly WasmModule[] _kept;

    private SeedModules(IEnumerable<byte[]> binaries) =>
        _kept = [.. binaries.Where(binary => binary.Length <= BytesMax).Select(TryLoad).OfType<WasmModule>()];

    /// <summary>How many are kept in files.</summary>
    public int Count => _kept.Length;

    /// <summary>Reads all that there are.</summary>
    public static SeedModules Read() => new(
        [SampleModule.Bytes, .. ShippedModules.All.Select(module => module.Binary), .. KeptCorpus.Binaries, .. Suite()]);

    /// <summary>One of them, or a generated one.</summary>
    public WasmModule Pick(Random random) => random.Next(4) switch
    {
        0 => WasmModule.Load(new GuestGenerator(random).Generate()),
        1 => RandomProgram.Make(random.Next()).Load(),
        _ => _kept[random.Next(_kept.Length)],
    };

    private static IEnumerable<byte[]> Suite()
    {
        string? path = Environment.GetEnvironmentVariable("INTERSTICE_WASM_SPEC");
        if (path is null || !path.EndsWith(".zip", StringComparison.Ordinal) || !File.Exists(path)) yield break;
        using ZipArchive archive = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (!entry.Name.EndsWith(".wasm", StringComparison.Ordinal) || entry.Length > BytesMax) continue;
            using Stream stream = entry.Open();
            byte[] binary = new byte[entry.Length];
            stream.ReadExactly(binary);
            yield return binary;
        }
    }

    private static WasmModule? TryLoad(byte[] binary)
    {
        try
        {
            return WasmModule.Load(binary);
        }
        catch (WasmFormatException)
        {
            return null;
        }
    }
}
