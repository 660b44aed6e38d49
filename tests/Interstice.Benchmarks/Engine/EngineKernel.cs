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
    ];

    /// <summary>The module's file.</summary>
    public string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "kernels", $"{Name}.wasm");
}
