using Interstice.Cli.Demo;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Tests.Demo;

/// <summary>The audit behind the demonstration must find what it looks for: each test plants one fault in a clean
/// history.</summary>
public sealed class BankAuditTests
{
    private const int Phase = LoadPlan.FirstKilledPhase;

    [Fact]
    public async Task A_clean_history_is_clean()
    {
        AuditReport report = await new BankHistory().AuditAsync();
        report.FirstProblem.ShouldBeNull();
        report.IsClean.ShouldBeTrue();
        report.Untold.ShouldBe(0);
        report.CheckpointsCompared.ShouldBe(1);
        report.RecordedHash.ShouldBe(report.ModelHash);
    }

    [Fact]
    public async Task A_call_that_was_durable_but_not_told_is_clean_and_counted()
    {
        var history = new BankHistory();
        history.Call(Phase, caller: 1, number: history.Told(Phase, 1), isTold: false);
        AuditReport report = await history.AuditAsync();
        report.IsClean.ShouldBeTrue();
        report.Untold.ShouldBe(1);
    }

    [Fact]
    public async Task Two_untold_calls_of_one_caller_are_found()
    {
        var history = new BankHistory();
        history.Call(Phase, caller: 1, number: history.Told(Phase, 1), isTold: false);
        history.Call(Phase, caller: 1, number: history.Told(Phase, 1) + 1, isTold: false);
        AuditReport report = await history.AuditAsync();
        report.Unexpected.ShouldBe(1);
        report.IsClean.ShouldBeFalse();
    }

    [Fact]
    public async Task An_acknowledged_call_at_the_end_that_is_missing_is_found()
    {
        var history = new BankHistory();
        history.DropLastTransaction();
        AuditReport report = await history.AuditAsync();
        report.Lost.ShouldBe(1);
        report.IsClean.ShouldBeFalse();
        report.FirstProblem.ShouldNotBeNull().ShouldContain("was acknowledged at revision");
    }

    [Fact]
    public async Task A_transaction_that_stands_twice_is_found()
    {
        var history = new BankHistory();
        history.RepeatLastTransaction();
        AuditReport report = await history.AuditAsync();
        report.Unexpected.ShouldBe(1);
        report.FirstProblem.ShouldNotBeNull().ShouldContain("stands there twice, or nobody called it");
    }

    [Fact]
    public async Task A_transaction_that_is_not_whole_is_found()
    {
        var history = new BankHistory();
        history.DropLastEvent();
        AuditReport report = await history.AuditAsync();
        report.IsClean.ShouldBeFalse();
        report.FirstProblem.ShouldNotBeNull().ShouldContain("misses 1 event");
    }

    [Fact]
    public async Task A_hash_of_another_state_is_found()
    {
        var history = new BankHistory();
        history.ChangeLastCall(call => call with { StateHash = call.StateHash + 1 });
        AuditReport report = await history.AuditAsync();
        report.IsClean.ShouldBeFalse();
        report.RecordedHash.ShouldNotBe(report.ModelHash);
    }

    [Fact]
    public async Task Another_result_than_the_caller_was_told_is_found()
    {
        var history = new BankHistory();
        history.ChangeLastCall(call => call with { Result = new byte[sizeof(ulong)] });
        AuditReport report = await history.AuditAsync();
        report.FirstProblem.ShouldNotBeNull().ShouldContain("was told another result");
    }

    [Fact]
    public async Task Other_arguments_than_were_sent_are_found()
    {
        var history = new BankHistory();
        history.ChangeLastCall(call => call with { Arguments = new BankCall.Transfer(1, 2, 3).Encode() });
        (await history.AuditAsync()).Unexpected.ShouldBe(1);
    }

    [Fact]
    public async Task Another_caller_than_was_told_is_found()
    {
        var history = new BankHistory();
        history.ChangeLastCall(call => call with { Caller = Identity.Of("somebody", "else") });
        (await history.AuditAsync()).IsClean.ShouldBeFalse();
    }

    [Fact]
    public async Task A_living_process_that_saw_another_hash_is_found()
    {
        var history = new BankHistory();
        history.SeeAnotherHash();
        AuditReport report = await history.AuditAsync();
        report.FirstProblem.ShouldNotBeNull().ShouldContain("the running process had the hash");
    }

    [Fact]
    public async Task A_call_beyond_the_plan_of_a_phase_that_was_not_killed_is_found()
    {
        var history = new BankHistory();
        history.Call(LoadPlan.WorkingPhase, caller: 0, number: history.Told(LoadPlan.WorkingPhase, 0), isTold: false);
        (await history.AuditAsync()).Unexpected.ShouldBe(1);
    }
}
