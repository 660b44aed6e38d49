using Interstice.Host.Modules;
using Interstice.TestKit.Engines;
using Interstice.Wasm.Binary;

namespace Interstice.ManagedEngine.Tests;

public sealed class CodeCacheTests
{
    private readonly CodeCache _cache = new();

    [Fact]
    public void The_same_bytes_are_compiled_once_and_ended_with_the_last_user()
    {
        SharedCode first = _cache.Rent(LargeModule.Make(1, 10));
        SharedCode second = _cache.Rent(LargeModule.Make(1, 10));
        SharedCode other = _cache.Rent(LargeModule.Make(1, 11));
        second.ShouldBeSameAs(first);
        second.Compiled.ShouldBeSameAs(first.Compiled);
        other.ShouldNotBeSameAs(first);
        _cache.Count.ShouldBe(2);

        _cache.Return(first);
        _cache.Count.ShouldBe(2);
        Make(second).Dispose();
        _cache.Return(second);
        _cache.Return(other);
        _cache.Count.ShouldBe(0);
        Should.Throw<ObjectDisposedException>(() => Make(first));
        _cache.Rent(LargeModule.Make(1, 10)).ShouldNotBeSameAs(first);
    }

    [Fact]
    public void What_is_refused_is_not_kept()
    {
        for (int i = 0; i < 2; i++) Should.Throw<WasmFormatException>(() => _cache.Rent((byte[])[1, 2, 3]));
        _cache.Count.ShouldBe(0);
    }

    [Fact]
    public void Many_threads_share_one_compilation()
    {
        byte[] binary = LargeModule.Make(20, 200);
        for (int round = 0; round < 5; round++)
        {
            using var together = new Barrier(4);
            var codes = new SharedCode[4];
            Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
            {
                codes[i] = _cache.Rent(binary);
                Make(codes[i]).Dispose();
            });
            codes.Select(code => code.Compiled).Distinct().Count().ShouldBe(1);
            Parallel.ForEach(codes, _cache.Return);
            _cache.Count.ShouldBe(0);
        }
    }

    [Fact]
    public void Engines_of_one_process_share_what_they_load()
    {
        byte[] binary = LargeModule.Make(1, 12);
        using var first = (ManagedCode)new ManagedModuleEngine().Load(binary);
        using var second = (ManagedCode)new ManagedModuleEngine().Load(binary.ToArray());
        second.Shared.ShouldBeSameAs(first.Shared);
    }

    private static Wasm.Execution.Instance Make(SharedCode code) => code.Compiled.Instantiate(new Wasm.Execution.Imports());
}
