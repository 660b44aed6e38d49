namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>What a process holds: managed bytes, resident bytes, assemblies of guests.</summary>
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

        return new Footprint(GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet, CountAssemblies());
    }

    public override string ToString() =>
        $"{ManagedBytes >> 10} KiB managed, {ResidentBytes >> 20} MiB resident, {GuestAssemblies} guest assemblies";

    private static int CountAssemblies() =>
        AppDomain.CurrentDomain.GetAssemblies().Count(assembly => assembly.GetName().Name == GuestAssembly);
}
