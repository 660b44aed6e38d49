using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Reducers;

/// <summary>A host with the relay published under several names, each of which may call the others.</summary>
internal static class RelayHost
{
    public static readonly char[] Modules = ['a', 'b', 'c', 'd'];

    public static async Task<HostFixture> StartAsync(ModuleHostOptions? options = null, bool hasCommitPoints = false)
    {
        HostFixture host = await HostFixture.StartAsync(
            options: options, prepare: store => store.TakesOneStreamOnly = hasCommitPoints);
        foreach (char module in Modules) await host.PublishAsync("relay", $"{module}");
        return host;
    }

    /// <summary>Ends a host and starts another one over what it leaves.</summary>
    public static async Task<HostFixture> RestartAsync(HostFixture host)
    {
        bool hasCommitPoints = host.Store.TakesOneStreamOnly;
        return await HostFixture.StartAsync(await host.StopAsync(), prepare: store => store.TakesOneStreamOnly = hasCommitPoints);
    }

    public static Task<CallOutcome> RunAsync(this HostFixture host, char module, Script script) =>
        host.Mediator.Send(new CallReducer($"{module}", "run", script.Arguments, HostFixture.Tester));

    public static async Task<CallOutcome.Committed> CommitAsync(this HostFixture host, char module, Script script)
    {
        CallOutcome outcome = await host.RunAsync(module, script);
        return outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());
    }

    /// <summary>Value of a cell; -1 for none.</summary>
    public static async Task<long> ValueAsync(this HostFixture host, char module, byte key)
    {
        QueryOutcome outcome = await host.QueryAsync($"{module}", "value", $"{key}");
        return BitConverter.ToInt64(outcome.ShouldBeOfType<QueryOutcome.Answered>(outcome.ToString()).Value.Span);
    }

    public static async Task<long> CountAsync(this HostFixture host, char module) =>
        (await host.Host.ViewAsync($"{module}", projection => projection.State!.Tables[0].Count));

    /// <summary>The threads that the modules run on.</summary>
    public static async Task<int[]> ThreadsAsync(this HostFixture host) => await Task.WhenAll(
        Modules.Select(module => host.Host.ViewAsync($"{module}", _ => Environment.CurrentManagedThreadId)));

    /// <summary>Rebuilds every module from its stream, with every hash compared, and compares with what runs.</summary>
    public static async Task ExpectLogsAgreeAsync(this HostFixture host)
    {
        foreach (char module in Modules)
        {
            ModuleProjection rebuilt = await host.RebuildAsync($"{module}");
            rebuilt.StateHash.ShouldBe(await host.HashAsync($"{module}"), $"module {module}");
            rebuilt.Chain.ShouldBe(await host.ChainAsync($"{module}"), $"module {module}");
        }
    }

    /// <summary>All events of a module's stream.</summary>
    public static async Task<List<RecordedEvent>> ReadAsync(this IEventStore store, char module)
    {
        List<RecordedEvent> events = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store.ReadStreamAsync(
            StreamNames.Module($"{module}"), ReadDirection.Forwards, Revision.First))
        {
            foreach (RecordedEvent recorded in batch.ToArray())
                events.Add(recorded with { Data = recorded.Data.ToArray(), Metadata = recorded.Metadata.ToArray() });
        }

        return events;
    }
}
