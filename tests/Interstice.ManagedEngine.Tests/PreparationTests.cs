using Interstice.Host.Modules;
using Interstice.TestKit.Engines;

namespace Interstice.ManagedEngine.Tests;

public sealed class PreparationTests
{
    private static readonly ModuleLimits Limits = new();

    [Fact]
    public async Task Code_is_prepared_in_the_background_once_it_has_an_instance()
    {
        using var code = (ManagedCode)new ManagedModuleEngine().Load(LargeModule.Make(5, 100));
        code.Shared.Preparation.IsCompleted.ShouldBeFalse();
        using var guest = new GuestUnderTest(code, Limits);
        (await code.Shared.Preparation).ShouldBeOfType<PreparationEnd.Complete>();
        guest.Begin();
        guest.Call("reducer:run").ShouldBe(0);
    }

    [Fact]
    public async Task A_call_before_the_preparation_has_ended_just_works()
    {
        using var code = (ManagedCode)new ManagedModuleEngine().Load(LargeModule.Make(300, 300));
        using var guest = new GuestUnderTest(code, Limits);
        guest.Begin();
        guest.Call("reducer:run").ShouldBe(0);
        guest.Instance.Reset();
        guest.Call("reducer:run").ShouldBe(0);
        (await code.Shared.Preparation).ShouldBeOfType<PreparationEnd.Complete>();
    }

    [Fact]
    public async Task Giving_the_code_back_stops_the_preparation()
    {
        var cache = new CodeCache();
        SharedCode code = cache.Rent(LargeModule.Make(50, 100));
        _ = code.Compiled;
        cache.Return(code);
        code.Prepare();
        (await code.Preparation).ShouldBeOfType<PreparationEnd.Stopped>();
    }

    [Fact]
    public void An_instance_goes_on_while_the_preparation_is_stopped()
    {
        var code = (ManagedCode)new ManagedModuleEngine().Load(LargeModule.Make(500, 100));
        using var guest = new GuestUnderTest(code, Limits);
        code.Dispose();
        guest.Begin();
        guest.Call("reducer:run").ShouldBe(0);
    }

    [Fact]
    public void Functions_that_are_too_large_to_be_optimised_are_named()
    {
        using IModuleCode one = new ManagedModuleEngine().Load(LargeModule.Make(1, 6_000));
        one.Warnings.ShouldHaveSingleItem().ShouldBe(
            "function 2 \"work0\" is too large to be optimised and runs several times slower; split it, or inline less into it");

        using IModuleCode many = new ManagedModuleEngine().Load(LargeModule.Make(10, 6_000));
        string warning = many.Warnings.ShouldHaveSingleItem();
        warning.ShouldStartWith("functions 2 \"work0\", 3 \"work1\",");
        warning.ShouldContain("9 \"work7\" and 2 more are too large to be optimised");

        using IModuleCode small = new ManagedModuleEngine().Load(LargeModule.Make(10, 100));
        small.Warnings.ShouldBeEmpty();
    }
}
