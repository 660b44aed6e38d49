using Interstice.Host.Reexecution;
using Interstice.Host.Reloading;
using Interstice.Host.Tests.Reducers;
using Interstice.Host.Tests.Reexecution;

namespace Interstice.Host.Tests.Reloading;

/// <summary>Goal: a candidate is run in the place of its module in calls that other modules make of it.</summary>
public sealed class CanaryGroupTests
{
    private static readonly ReloadOptions All = new() { CanaryCalls = long.MaxValue };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_candidate_does_otherwise_in_modules_that_it_calls_is_listed()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        await host.CommitAsync('b', new Script().Put(1, 1));
        await host.CommitAsync('a', new Script().Put(1, 1).Call('b', new Script().Put(2, 2).Call('c', new Script().Put(3, 3))));

        ReloadResult result = await host.Host.ReloadAsync("b", CallingOthers(), HostFixture.Tester, All, null, Cancel);

        result.Published.ShouldBeNull();
        (result.Canary!.Calls, result.Canary.DifferentCalls, result.Canary.JointCalls).ShouldBe((2, 1, 0));
        result.Canary.Differences.Select(difference => (difference.Module, difference.Reducer)).ShouldBe([("c", "a.run"), ("d", "a.run")], ignoreOrder: true);
        result.Canary.Differences.Single(difference => difference.Module == "c").Found.ShouldBe("no further event");
        result.Canary.Differences.Single(difference => difference.Module == "d").Found.ShouldBe("""insert cells {"id":"3","value":"3"}""");
    }

    // The caller keeps what it was told; the module that told it has no part in the transaction.
    [Fact]
    public async Task What_another_module_called_of_a_reloaded_one_is_run_again_with_the_new_build()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        await host.CommitAsync('c', new Script().Put(1, 1).Put(2, 2));
        await host.CommitAsync('a', new Script().Try('b', new Script().Try('c', new Script()).PutResult(9).Delete(9)).PutResult(5));

        ReloadResult same = await host.Host.ReloadAsync("c", ShopHost.Rebuilt("relay"), HostFixture.Tester, All, null, Cancel);

        same.Canary!.Differences.ShouldBeEmpty();
        same.Canary.Calls.ShouldBe(2, "the call of a comes by");
        same.Published.ShouldNotBeNull();
    }

    // It writes nothing in that call, so the only trace of what it says is what its caller made of it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_candidate_that_only_answers_a_caller_otherwise_is_refused(bool isAskedByTheSecond)
    {
        await using HostFixture host = await RelayHost.StartAsync();
        await host.CommitAsync('c', new Script().Put(1, 1).Put(2, 2));
        Script asking = new Script().Try('c', new Script()).PutResult(5);
        await host.CommitAsync('a', isAskedByTheSecond ? new Script().Put(1, 1).Call('b', asking) : asking);
        string asked = isAskedByTheSecond ? "b" : "a";

        ReloadResult result = await host.Host.ReloadAsync("c", AnsweringNothing(), HostFixture.Tester, All, null, Cancel);

        result.Published.ShouldBeNull();
        (result.Canary!.Calls, result.Canary.DifferentCalls).ShouldBe((2, 2), "the module's own call has another result, and the caller another row");
        EffectDifference difference = result.Canary.Differences.Where(each => each.Module == asked).ShouldHaveSingleItem();
        difference.Expected.ShouldBe("""insert cells {"id":"5","value":"2"}""");
        difference.Found.ShouldBe("""insert cells {"id":"5","value":"0"}""");
        (await host.ValueAsync(asked[0], 5)).ShouldBe(2);
    }

    // It returns the place where scripts put the names of modules, which is zero until they do, instead of the number of rows.
    private static byte[] AnsweringNothing()
    {
        byte[] binary = HostFixture.Binary("relay");
        ReadOnlySpan<byte> returnsCount = [0x41, 0xD0, 0x01, 0x41, 0x08, 0x10]; // i32.const 208, i32.const 8, call
        int at = binary.AsSpan().IndexOf(returnsCount);
        at.ShouldBeGreaterThan(0);
        binary[at + 1] = 0xC0; // i32.const 192
        return binary;
    }

    // The relay finds the names of modules in its memory: where it would call c, it calls d.
    private static byte[] CallingOthers()
    {
        byte[] binary = HostFixture.Binary("relay");
        int at = binary.AsSpan().IndexOf("abcd"u8);
        "abdc"u8.CopyTo(binary.AsSpan(at));
        return binary;
    }
}
