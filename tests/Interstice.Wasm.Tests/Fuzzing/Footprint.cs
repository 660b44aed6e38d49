using System.Globalization;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>What a process holds: managed bytes, resident bytes, assemblies of guests. Whatever else runs in the process is in these
/// numbers, too: they say something of a process that does one thing.</summary>
internal readonly record struct Footprint(long ManagedBytes, long ResidentBytes, int GuestAssemblies)
{
    private const string GuestAssembly = "Interstice.Wasm.Guest";
    private const int CollectionsMax = 30;

    /// <summary>Measures, after everything that can be freed has been.</summary>
    public static Footprint Measure()
    {
        // A collectible assembly needs several collections: of its users, its types, its loader, its code.
        int before = int.MaxValue;
        for (int i = 0; i < CollectionsMax && CountAssemblies() is var now && (i < 4 || now < before); i++)
        {
            before = now;
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return new Footprint(GC.GetTotalMemory(forceFullCollection: true), ResidentOwn(), CountAssemblies());
    }

    /// <summary>Reads what <see cref="ToLine"/> wrote.</summary>
    public static Footprint Parse(string line)
    {
        string[] words = line.Split(' ');
        return new Footprint(Number(words[0]), Number(words[1]), (int)Number(words[2]));
    }

    /// <summary>The three numbers, for another process.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{ManagedBytes} {ResidentBytes} {GuestAssemblies}");

    public override string ToString() =>
        $"{ManagedBytes >> 10} KiB managed, {ResidentBytes >> 20} MiB resident, {GuestAssemblies} guest assemblies";

    private static int CountAssemblies() =>
        AppDomain.CurrentDomain.GetAssemblies().Count(assembly => assembly.GetName().Name == GuestAssembly);

    // Pages of files, such as those of the runtime's libraries, come and go as the machine is short of memory or not: where the
    // system tells them apart they are left out.
    private static long ResidentOwn()
    {
        const string status = "/proc/self/status", own = "RssAnon:";
        string? line = File.Exists(status)
            ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(own, StringComparison.Ordinal))
            : null;
        return line is null ? Environment.WorkingSet : Number(line[own.Length..].Replace("kB", "", StringComparison.Ordinal)) << 10;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
