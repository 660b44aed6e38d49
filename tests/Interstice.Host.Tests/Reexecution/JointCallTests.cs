using Interstice.Host.Reexecution;
using Interstice.Host.Reloading;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Reexecution;

/// <summary>Goal: a transaction that goes over several modules is run again over the tables of all of them, as they were, whichever of them is
/// looked at, and what differs in any of them is named.</summary>
public sealed class JointCallTests
{
    private static readonly ReloadOptions All = new() { CanaryCalls = long.MaxValue };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("shop", 5)]
    [InlineData("stock", 6)]
    [InlineData("ledger", 5)] // and what it hears
    public async Task Calls_over_shop_stock_and_ledger_give_again_what_is_recorded(string module, int calls)
    {
        await using HostFixture host = await ShopHost.StartAsync();
        RecordedHistory history = ReexecutionTests.History(host);

        ReexecutionResult again = await history.ReexecuteAsync(module, new(), null, Cancel);
        LeakResult leaks = await history.FindLeaksAsync(module, new(), null, Cancel);
        ReloadResult reloaded = await host.Host.ReloadAsync(module, ShopHost.Rebuilt(module), HostFixture.Tester, All, null, Cancel);

        again.Differences.ShouldBeEmpty();
        again.Calls.ShouldBeGreaterThanOrEqualTo(calls);
        (again.JointCalls, again.FuelCompared).ShouldBe((0, again.Calls));
        leaks.Leaks.ShouldBeEmpty();
        leaks.Calls.ShouldBeGreaterThanOrEqualTo(calls);
        (leaks.JointCalls, leaks.DifferentAlike).ShouldBe((0, 0));
        reloaded.Canary!.Differences.ShouldBeEmpty();
        reloaded.Canary.Calls.ShouldBeGreaterThanOrEqualTo(calls);
        reloaded.Canary.JointCalls.ShouldBe(0);
        reloaded.Published.ShouldNotBeNull();
    }

    [Fact]
    public async Task Every_range_of_a_module_is_joined_with_the_others_as_they_were_there()
    {
        await using HostFixture host = await ShopHost.StartAsync();
        RecordedHistory history = ReexecutionTests.History(host);
        foreach (string module in ShopHost.Modules)
        {
            ReexecutionResult whole = await history.ReexecuteAsync(module, new(), null, Cancel);
            long calls = 0;
            for (long at = 0; at <= whole.To.Value; at++)
            {
                ReexecutionResult part = await history.ReexecuteAsync(module, new() { From = new(at), To = new(at) }, null, Cancel);
                part.Differences.ShouldBeEmpty($"{module} revision {at}");
                part.JointCalls.ShouldBe(0, $"{module} revision {at}");
                calls += part.Calls;
            }

            calls.ShouldBe(whole.Calls, module);
        }
    }

    [Fact]
    public async Task A_row_of_another_module_that_the_call_does_not_give_is_named_with_that_module()
    {
        await using HostFixture host = await ShopHost.StartAsync();
        bool isChanged = false;
        await using JournalStore copy = await CopiedLog.WriteAsync(host.Journal, recorded =>
        {
            if (isChanged || recorded.Stream != StreamNames.Module("ledger") || recorded.Type != EventTypes.RowInserted
                || !RowEvent.TryRead(recorded.Data.Span, out ReadOnlySpan<byte> table, out ReadOnlySpan<byte> row)
                || !table.SequenceEqual("entries"u8))
                return recorded;
            isChanged = true;
            using var payload = new PayloadWriter();
            byte[] other = row.ToArray();
            other[8]++;
            RowEvent.Write(payload, table, other);
            return recorded with { Data = payload.Written.ToArray() };
        });

        ReexecutionResult shop = await ReexecutionTests.HistoryOf(copy).ReexecuteAsync("shop", new(), null, Cancel);
        ReexecutionResult ledger = await ReexecutionTests.HistoryOf(copy).ReexecuteAsync("ledger", new(), null, Cancel);

        EffectDifference only = shop.Differences.ShouldHaveSingleItem();
        (only.Module, only.Kind, only.Reducer).ShouldBe(("ledger", EffectKind.Event, "place"));
        only.Found.ShouldStartWith("insert entries");
        (ledger.Differences[0].Module, ledger.Differences[0].Reducer).ShouldBe((null, "shop.place"));
        ledger.Differences[0].Expected.ShouldBe(only.Expected);
        ledger.Differences.ShouldContain(difference => difference.Kind == EffectKind.StateHash);
    }

    [Fact]
    public async Task What_cannot_be_joined_is_counted_and_not_called_different()
    {
        await using HostFixture host = await ShopHost.StartAsync();
        await using JournalStore copy = await CopiedLog.WriteAsync(
            host.Journal, recorded => recorded.Stream == StreamNames.Module("ledger") ? null : recorded);

        ReexecutionResult shop = await ReexecutionTests.HistoryOf(copy).ReexecuteAsync("shop", new() { DifferencesMax = 5 }, null, Cancel);

        shop.Differences.ShouldBeEmpty();
        shop.JointCalls.ShouldBe(4);
    }
}
