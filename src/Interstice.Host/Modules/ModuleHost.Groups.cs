using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Modules;

/// <content>Execution groups: modules that may call each other share a thread and have one owner (docs/semantics.md, Calls).</content>
public sealed partial class ModuleHost
{
    private readonly HashSet<string> _together = new(StringComparer.Ordinal);
    private readonly Lock _regroupGate = new();
    private Task _regrouping = Task.CompletedTask;

    // Who publishes a build whose calls join modules has them all, or nobody could run a call that goes over them.
    private async Task JoinGroupsAsync(string module, PublicationCandidate next, CancellationToken cancellationToken)
    {
        if (StandingOf(module) is null || _modules[module].Loaded?.Hash == next.Hash) return;
        List<KeyValuePair<string, ModuleSchema?>> declarations = await ReadDeclarationsAsync().ConfigureAwait(false);
        declarations.Add(new(module, next.Schema));
        IReadOnlyList<IReadOnlyList<string>> groups = CallGraph.FindGroups(declarations);
        IReadOnlyList<string> joined = groups.First(group => group.Contains(module));
        foreach (string member in joined.Where(member => member != module))
        {
            ModuleStanding? standing = StandingOf(member);
            if (standing is null or { Role: ModuleRole.Owner or ModuleRole.Resolving }) continue;
            throw new ModuleUnavailableException(
                standing.Role == ModuleRole.Following ? CallRefusal.NotOwner : CallRefusal.Unavailable,
                $"module {module} was not published: its calls join it with modules {string.Join(", ", joined)}, which need one owner for " +
                $"all, and {standing.Reason}; publish it there");
        }

        await RegroupAsync(groups, cancellationToken).ConfigureAwait(false);
    }

    private async Task RegroupAsync(CancellationToken cancellationToken)
    {
        IEnumerable<KeyValuePair<string, ModuleSchema?>> declarations = await ReadDeclarationsAsync().ConfigureAwait(false);
        await RegroupAsync(CallGraph.FindGroups(declarations), cancellationToken).ConfigureAwait(false);
    }

    // A build that another host published may have joined modules. Loops ask from their threads and do not wait.
    private void RegroupLater()
    {
        lock (_regroupGate) _regrouping = RegroupBehindAsync(_regrouping);
    }

    private async Task RegroupBehindAsync(Task before)
    {
        await Task.WhenAny(before).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await _publishing.WaitAsync(_listEnds.Token).ConfigureAwait(false);
            try
            {
                await RegroupAsync(_listEnds.Token).ConfigureAwait(false);
            }
            finally
            {
                _publishing.Release();
            }
        }
        catch (Exception) when (_listEnds.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception fault)
        {
            // A defect of the host: calls between the modules are refused until they are joined.
            LogNotRegrouped(fault);
        }
    }

    private async Task RegroupAsync(IReadOnlyList<IReadOnlyList<string>> groups, CancellationToken cancellationToken)
    {
        foreach (IReadOnlyList<string> group in groups)
        {
            ModuleLoop[] loops = [.. group.Where(Has).Select(module => _modules[module])];
            if (loops.Length == 0) continue;
            await PlaceAsync(loops).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (_store.CanBeShared) await WatchAsync(loops).ConfigureAwait(false);
        }
    }

    // The group's thread is that of its first module; whoever runs there and is of another group leaves.
    private async Task PlaceAsync(ModuleLoop[] loops)
    {
        ModuleLoop first = loops[0];
        if (loops.Length == 1 && !_together.Contains(first.Projection.Module)) return;
        _together.UnionWith(loops.Select(loop => loop.Projection.Module));
        try
        {
            GroupThread thread = await first.OnLoopAsync(() => first.Group).ConfigureAwait(false);
            string[] strangers = await first
                .OnLoopAsync(() => thread.Loops.ToArray().Except(loops).Select(loop => loop.Projection.Module).ToArray())
                .ConfigureAwait(false);
            foreach (ModuleLoop stranger in strangers.Where(Has).Select(module => _modules[module]))
                await (await stranger.OnLoopAsync(() => stranger.GoAlone(StackBytes)).ConfigureAwait(false)).ConfigureAwait(false);
            foreach (ModuleLoop loop in loops[1..])
                await (await loop.OnLoopAsync(() => loop.GoTo(thread)).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A loop has ended: its module takes no calls, and nobody can call it.
        }
    }

    private async Task<List<KeyValuePair<string, ModuleSchema?>>> ReadDeclarationsAsync()
    {
        List<KeyValuePair<string, ModuleSchema?>> declarations = [];
        foreach ((string module, ModuleLoop loop) in _modules)
        {
            ModuleSchema? schema = loop.Loaded?.Schema;
            try
            {
                schema ??= await loop.OnLoopAsync(() => loop.Projection.Schema).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // It has ended and calls nobody.
            }

            declarations.Add(new(module, schema));
        }

        return declarations;
    }

    private int StackBytes => _engine.StackBytes(_options.Limits);

    [LoggerMessage(Level = LogLevel.Error, Message = "modules that a build joins are not joined; restart the host")]
    private partial void LogNotRegrouped(Exception fault);
}
