using Interstice.Host.Commands;

namespace Interstice.Host.Tests.Tables;

public sealed class VisibilityTests
{
    [Fact]
    public async Task A_private_reducer_is_refused_to_callers_from_outside_and_says_so()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host);
        using var script = new Script();
        CallOutcome.Refused refused = (await module.CallAsync(script, "hidden")).ShouldBeOfType<CallOutcome.Refused>();
        (refused.Kind, refused.Error).ShouldBe(
            (CallRefusal.Private, "reducer script.hidden is private: only its own module may use it"));
        (await module.CallAsync(script)).ShouldBeOfType<CallOutcome.Committed>();
    }

    [Fact]
    public async Task A_private_query_is_refused_to_callers_from_outside_and_says_so()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(host);
        using var script = new Script();
        QueryOutcome.Refused refused = (await module.AskAsync(script, "whisper")).ShouldBeOfType<QueryOutcome.Refused>();
        (refused.Kind, refused.Error).ShouldBe(
            (CallRefusal.Private, "query script.whisper is private: only its own module may use it"));
        (await module.AskAsync(script)).ShouldBeOfType<QueryOutcome.Answered>();
    }
}
