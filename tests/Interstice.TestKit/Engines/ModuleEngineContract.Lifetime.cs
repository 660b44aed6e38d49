using Interstice.Host.Modules;

namespace Interstice.TestKit.Engines;

/// <content>Several instances, threads, ends, and stopping from outside.</content>
public abstract partial class ModuleEngineContract
{
    [Fact]
    public void Instances_of_one_code_share_nothing()
    {
        using IModuleCode code = Engine.Load(Binary("contract"));
        OnGuestThread(Limits, () =>
        {
            using var first = new GuestUnderTest(code, Limits);
            using var second = new GuestUnderTest(code, Limits with { MemoryPagesMax = 3 });
            first.Begin();
            second.Begin();
            first.Call("bump");
            first.Call("store", 300, 5);
            first.Call("grow", 3);
            first.Call("set_slot", 1, 0);
            second.Call("bump").ShouldBe(27);
            second.Call("load", 300).ShouldBe(0);
            second.Call("size").ShouldBe(2);
            second.Call("call_slot", 1).ShouldBe(1);
            second.Trap("grow", 2).Kind.ShouldBe(ModuleTrapKind.Memory);
            first.Call("bump").ShouldBe(31);
        });
    }

    [Fact]
    public void Instances_of_one_code_run_at_the_same_time_on_threads_of_their_own()
    {
        using IModuleCode code = Engine.Load(Binary("contract"));
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => OnGuestThread(Limits, () =>
        {
            using var guest = new GuestUnderTest(code, Limits);
            guest.Begin();
            for (int round = 0; round < 20; round++)
            {
                guest.Call("store", 300, i);
                guest.Call("deep", 100).ShouldBe(100);
                guest.Call("load", 300).ShouldBe(i);
                guest.Instance.Reset();
            }
        }));
    }

    [Fact]
    public void An_instance_may_go_from_thread_to_thread()
    {
        using IModuleCode code = Engine.Load(Binary("contract"));
        GuestUnderTest? guest = null;
        OnGuestThread(Limits, () => guest = new GuestUnderTest(code, Limits));
        OnGuestThread(Limits, () => guest!.Begin());
        for (int i = 0; i < 3; i++)
        {
            int expected = i;
            OnGuestThread(Limits, () => guest!.Call("add", expected, 1).ShouldBe(expected + 1));
        }

        guest!.Dispose();
    }

    [Fact]
    public void One_instance_ends_without_the_others()
    {
        using IModuleCode code = Engine.Load(Binary("contract"));
        OnGuestThread(Limits, () =>
        {
            using var stays = new GuestUnderTest(code, Limits);
            var goes = new GuestUnderTest(code, Limits);
            goes.Begin();
            stays.Begin();
            goes.Dispose();
            goes.Dispose();
            stays.Call("bump").ShouldBe(27);
        });
    }

    [Fact]
    public void Code_that_was_given_back_makes_no_instance()
    {
        IModuleCode code = Engine.Load(Binary("contract"));
        using IModuleCode other = Engine.Load(Binary("contract"));
        code.Dispose();
        code.Dispose();
        Should.Throw<ObjectDisposedException>(() => new GuestUnderTest(code, Limits));
        OnGuestThread(Limits, () =>
        {
            using var guest = new GuestUnderTest(other, Limits);
            guest.Begin();
            guest.Call("add", 1, 2).ShouldBe(3);
        });
    }

    [Fact]
    public void An_instance_outlives_its_code()
    {
        IModuleCode code = Engine.Load(Binary("contract"));
        OnGuestThread(Limits, () =>
        {
            using var guest = new GuestUnderTest(code, Limits);
            guest.Begin();
            code.Dispose();
            guest.Call("bump").ShouldBe(27);
            guest.Instance.Reset();
            guest.Call("bump").ShouldBe(27);
        });
    }

    [Fact]
    public void A_running_call_is_aborted_from_another_thread_and_the_next_one_is_not()
    {
        ModuleLimits endless = Limits with { FuelPerCall = long.MaxValue };
        WithGuest("contract", endless, guest =>
        {
            for (int i = 0; i < 3; i++)
            {
                using var ended = new ManualResetEventSlim();
                var aborter = new Thread(() =>
                {
                    // A request may be missed, so it is repeated; Wait gives the guest time and ends with the call.
                    do guest.Instance.Abort();
                    while (!ended.Wait(1));
                });
                ModuleTrapException trap = Should.Throw<ModuleTrapException>(() =>
                {
                    aborter.Start();
                    try
                    {
                        while (true) guest.Call("for_ever");
                    }
                    finally
                    {
                        ended.Set();
                        aborter.Join();
                    }
                });
                trap.Kind.ShouldBe(ModuleTrapKind.Aborted);
                guest.Call("add", i, 1).ShouldBe(i + 1);
                guest.Instance.Reset();
                guest.Call("bump").ShouldBe(27);
            }
        });
    }
}
