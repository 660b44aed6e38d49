using Interstice.Cli.Commands;
using Interstice.Cli.Hosting;
using Interstice.Cli.Stores;
using Interstice.Host.Modules;
using Interstice.Host.Reexecution;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Inspection;

/// <summary>Runs recorded calls of a store again. Takes no lock.</summary>
/// <param name="session">The session; has the engine, and shows progress.</param>
/// <param name="store">The store.</param>
internal sealed class StoredCalls(Session session, OpenStore store)
{
    private readonly RecordedHistory _history = new(store.Events, session.Engine!, store.Snapshots, TimeProvider.System);

    /// <summary>Runs the calls of one module or of all.</summary>
    /// <param name="onlyModule">The module; null for all.</param>
    /// <param name="from">First revision.</param>
    /// <param name="to">Last revision; null for the last one.</param>
    public async Task<List<ReexecutionResult>> RunAsync(string? onlyModule, Revision from, Revision? to)
    {
        List<ReexecutionResult> results = [];
        IReadOnlyList<string> modules = await ModulesAsync(onlyModule).ConfigureAwait(false);
        await RevisionRange.ExpectAsync(store.Events, modules, from, session.Stopping).ConfigureAwait(false);
        foreach (string module in modules)
        {
            session.Progress.Begin($"running {module} again");
            var options = new ReexecutionOptions { From = from, To = to };
            results.Add(await _history
                .ReexecuteAsync(module, options, new ReplayDisplay(session.Progress), session.Stopping)
                .ConfigureAwait(false));
        }

        session.Progress.Clear();
        return results;
    }

    /// <summary>Looks for leaks of one module.</summary>
    public async Task<LeakResult> FindLeaksAsync(string module, Revision from, Revision? to)
    {
        await ModuleLookup.ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        await RevisionRange.ExpectAsync(store.Events, [module], from, session.Stopping).ConfigureAwait(false);
        session.Progress.Begin($"running {module} again without the reset");
        var options = new ReexecutionOptions { From = from, To = to };
        LeakResult result = await _history
            .FindLeaksAsync(module, options, new ReplayDisplay(session.Progress), session.Stopping)
            .ConfigureAwait(false);
        session.Progress.Clear();
        return result;
    }

    private async Task<IReadOnlyList<string>> ModulesAsync(string? onlyModule)
    {
        if (onlyModule is null) return await ModuleList.ReadAsync(store.Events, session.Stopping).ConfigureAwait(false);
        await ModuleLookup.ExpectAsync(store.Events, onlyModule, session.Stopping).ConfigureAwait(false);
        return [onlyModule];
    }
}
