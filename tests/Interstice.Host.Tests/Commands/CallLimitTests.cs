using Interstice.Host.Commands;
using Interstice.Host.Modules;

namespace Interstice.Host.Tests.Commands;

/// <summary>Goal: what a call may do ends exactly where its setting says, and the error names the setting.</summary>
public sealed class CallLimitTests
{
    [Fact]
    public async Task One_mutation_more_than_the_limit_traps()
    {
        await using HostFixture host = await StartAsync("bank", new() { MutationsMax = 2 });
        await host.CommitAsync("bank", "open_account", "ann", 1);
        Trapped(await host.CallAsync("bank", "open_account", "ann", 1_500_000), "2 mutations already", "(MutationsMax)");
    }

    [Fact]
    public async Task Arguments_of_one_byte_more_than_the_limit_are_refused()
    {
        // A text of four bytes has eight, and the amount eight.
        await using HostFixture host = await StartAsync("bank", new() { ArgumentBytesMax = 16 });
        await host.CommitAsync("bank", "open_account", "abcd", 0);
        var refused = (CallOutcome.Refused)await host.CallAsync("bank", "open_account", "abcde", 0);
        (refused.Kind, refused.Error).ShouldBe(
            (CallRefusal.BadArguments, "the arguments of open_account have 17 bytes, at most 16 are allowed (ArgumentBytesMax)"));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(7, false)]
    public async Task A_result_of_one_byte_more_than_the_limit_traps(int limit, bool isTaken)
    {
        await using HostFixture host = await StartAsync("counter", new() { ResultBytesMax = limit });
        CallOutcome outcome = await host.CallAsync("counter", "add", 1);
        if (isTaken) outcome.ShouldBeOfType<CallOutcome.Committed>();
        else Trapped(outcome, "the result has 8 bytes, at most 7 are allowed", "(ResultBytesMax)");
    }

    [Fact]
    public async Task A_transaction_of_one_byte_more_than_the_limit_traps()
    {
        await using HostFixture host = await StartAsync("counter", new() { TransactionBytesMax = 100 });
        var trapped = (CallOutcome.Trapped)await host.CallAsync("counter", "add", 1);
        string size = trapped.Error.Split(' ')[3];
        Trapped(trapped, $"the transaction has {size} bytes, at most 100 are allowed", "(TransactionBytesMax)");

        // What is counted does not depend on the limit but for which encoding is looked at: from here on it is the larger one.
        int bytes = await SmallestTakenAsync(int.Parse(size, System.Globalization.CultureInfo.InvariantCulture));
        await using HostFixture below = await StartAsync("counter", new() { TransactionBytesMax = bytes - 1 });
        Trapped(await below.CallAsync("counter", "add", 1), $"has {bytes} bytes, at most {bytes - 1} are allowed");
    }

    private static async Task<int> SmallestTakenAsync(int from)
    {
        await using HostFixture host = await StartAsync("counter", new() { TransactionBytesMax = from });
        if (await host.CallAsync("counter", "add", 1) is not CallOutcome.Trapped trapped) return from;
        int bytes = int.Parse(trapped.Error.Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
        await using HostFixture taken = await StartAsync("counter", new() { TransactionBytesMax = bytes });
        await taken.CommitAsync("counter", "add", 1);
        return bytes;
    }

    private static void Trapped(CallOutcome outcome, params string[] said)
    {
        CallOutcome.Trapped trapped = outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString());
        trapped.Kind.ShouldBe(ModuleTrapKind.Limit);
        foreach (string part in said) trapped.Error.ShouldContain(part);
    }

    private static async Task<HostFixture> StartAsync(string module, ModuleLimits limits)
    {
        HostFixture host = await HostFixture.StartAsync(options: new() { Limits = limits });
        await host.PublishAsync(module);
        return host;
    }
}
