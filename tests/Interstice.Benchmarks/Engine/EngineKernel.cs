namespace Interstice.Benchmarks.Engine;

/// <summary>A program that both engines run: a module that exports <c>run(i32) -> i64</c>, and the size it is run
/// with.</summary>
internal sealed record EngineKernel(string Name, int Argument, string What)
{
    /// <summary>All of them. Arguments are such that one run takes V8 milliseconds.</summary>
    public static IReadOnlyList<EngineKernel> All { get; } =
    [
        new("fib", 32, "recursion"),
        new("sha256", 2048, "32-bit arithmetic and rotations"),
        new("nbody", 100_000, "doubles, square roots"),
        new("hashtable", 500_000, "open addressing, i64 keys"),
        new("sort", 65_536, "comparison through call_indirect"),
        new("vm", 65_536, "interpreter loop, br_table"),
        new("matrix", 192, "doubles, inner loop over memory"),
        new("codec", 4096, "varints, strings, CRC"),
        new("objects", 20_000, "AssemblyScript with its collector"),
        new(Sqlite, 3000, "SQLite: insert, change, query"),
    ];

    /// <summary>The one that is not kept in the repository.</summary>
    public const string Sqlite = "sqlite";

    /// <summary>The module's file; it may be missing for <see cref="Sqlite"/>.</summary>
    public string Path => PathOf(Name);

    /// <summary>The file of a module that belongs to the benchmark.</summary>
    public static string PathOf(string name) =>
        name == Sqlite ? SqlitePath : System.IO.Path.Combine(AppContext.BaseDirectory, "kernels", $"{name}.wasm");

    // Programs run from artifacts/bin/PROJECT/release; kernels/sqlite/build.sh writes to artifacts/kernels.
    private static string SqlitePath =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(AppContext.BaseDirectory, "../../../kernels/sqlite.wasm"));
}
