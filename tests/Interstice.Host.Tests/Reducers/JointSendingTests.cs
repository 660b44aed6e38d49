using Interstice.Host.Commands;
using Interstice.Host.Projections;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: what a module of a group has gathered goes to the store although modules of the group are never idle. Method: each look into a module
/// queues the next one before it ends, so that the module's queue is never empty.</summary>
public sealed class JointSendingTests
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The call goes to a and changes b alone, or both; what is asked is another module, the one that is changed, the one that was called, or all.
    [Theory]
    [InlineData("a", false)]
    [InlineData("b", false)]
    [InlineData("c", false)]
    [InlineData("abcd", false)]
    [InlineData("c", true)]
    [InlineData("abcd", true)]
    public async Task A_call_is_answered_while_modules_of_its_group_are_asked_without_end(string busy, bool changesBoth)
    {
        await using HostFixture host = await RelayHost.StartAsync();
        foreach (char module in RelayHost.Modules) await host.CommitAsync(module, new Script().Put(100, 100));
        var script = new Script();
        if (changesBoth) script.Put(1, 1);
        script.Call('b', new Script().Put(1, 1));
        bool isOver = false;
        int looks = 0;
        Task[] asking = [.. busy.Select(module => AskAsync($"{module}"))];
        await WaitFor.ConditionAsync(() => Volatile.Read(ref looks) > 10 * busy.Length, "the modules to be busy");

        Task<CallOutcome> call = host.RunAsync('a', script);
        Task<CallOutcome> plain = host.RunAsync('b', new Script().Put(2, 2));
        CallOutcome[] outcomes;
        try
        {
            outcomes = await Task.WhenAll(call, plain).WaitAsync(WaitMax, Cancel);
        }
        finally
        {
            Volatile.Write(ref isOver, true);
        }

        outcomes.ShouldAllBe(outcome => outcome is CallOutcome.Committed);
        await Task.WhenAll(asking);
        (await host.ValueAsync('b', 1)).ShouldBe(1);
        await host.ExpectLogsAgreeAsync();

        Task AskAsync(string module)
        {
            var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Ask();
            return last.Task;

            void Ask() => _ = host.Host.ViewAsync(module, Look);

            bool Look(ModuleProjection projection)
            {
                Interlocked.Increment(ref looks);
                if (Volatile.Read(ref isOver)) last.TrySetResult();
                else Ask();
                return true;
            }
        }
    }
}
