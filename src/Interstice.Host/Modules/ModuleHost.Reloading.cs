using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Reexecution;
using Interstice.Host.Reloading;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <content>New code for a module that runs.</content>
public sealed partial class ModuleHost
{
    // A module that writes faster than a canary reads is not caught up with; the pause then says so.
    private const int CatchUpsMax = 20;

    /// <summary>Puts new code of a module in force between two of its calls, after running it over recorded calls (docs/reload.md).</summary>
    /// <param name="module">The module; it is there.</param>
    /// <param name="binary">The binary; must not change while the module runs.</param>
    /// <param name="publisher">Who publishes.</param>
    /// <param name="options">How many calls, and what is accepted.</param>
    /// <param name="progress">Told how far the canary is; null for nobody.</param>
    /// <param name="cancellationToken">Stops before the publication.</param>
    /// <returns>What was found and, unless its changed effects were not accepted, published.</returns>
    /// <exception cref="ModuleRefusedException">The binary cannot be published, or the end of the log not be looked at within the pause.</exception>
    /// <exception cref="ModuleUnavailableException">No such module, or the store did not take the publication.</exception>
    /// <exception cref="ReplayException">The stream cannot be replayed.</exception>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task<ReloadResult> ReloadAsync(
        string module,
        ReadOnlyMemory<byte> binary,
        Identity publisher,
        ReloadOptions options,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (!TryFind(module, out ModuleLoop loop)) throw new ModuleUnavailableException(CallRefusal.UnknownModule, DescribeUnknown(module));
        if (options.CanaryCalls == 0 || loop.Loaded is null)
            return new(await PublishAsync(binary, publisher, module, cancellationToken).ConfigureAwait(false), null);
        CheckLength(binary);
        using IModuleCode code = _engine.Load(binary);
        var candidate = new PublicationCandidate(
            binary, CodeHash.Of(binary.Span), code, PublicationRules.Check(code), CodeStore.CountChunks(binary.Length), publisher);
        IReadOnlyList<MigrationStep> steps = await ViewAsync(
            module, projection => PublicationRules.PlanSteps(projection, candidate.Schema)).ConfigureAwait(false);
        if (steps.OfType<MigrationStep.RunReducer>().FirstOrDefault() is { } run)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Canary,
                $"module {module}: reducer \"{run.Reducer}\" of a migration makes the tables of the new code as a whole, so that calls which were made on the present ones "
                + "cannot be compared; reload it without a canary");
        }

        CallWatch watch = _watchdog.Add();
        try
        {
            using CanaryRun canary = await StartCanaryAsync(module, candidate, steps, watch, options, progress, cancellationToken).ConfigureAwait(false);
            await CatchUpAsync(module, canary, options, cancellationToken).ConfigureAwait(false);
            return await FinishAsync(module, binary, publisher, canary, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _watchdog.Remove(watch);
        }
    }

    /// <summary>Publishes the build before the present one again, as a new version.</summary>
    /// <param name="module">The module; it is there.</param>
    /// <param name="publisher">Who publishes.</param>
    /// <param name="options">How many calls it is run over first, and what is accepted.</param>
    /// <param name="progress">Told how far the canary is; null for nobody.</param>
    /// <param name="cancellationToken">Stops before the publication.</param>
    /// <exception cref="ModuleRefusedException">There is no build before, its code is not usable, or it does not fit the tables.</exception>
    /// <inheritdoc cref="ReloadAsync"/>
    public async Task<ReloadResult> RollBackAsync(
        string module,
        Identity publisher,
        ReloadOptions options,
        IProgress<ReplayProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        if (!Has(module)) throw new ModuleUnavailableException(CallRefusal.UnknownModule, DescribeUnknown(module));
        List<Publication> all = await Publication.ReadAllAsync(_store, null, cancellationToken).ConfigureAwait(false);
        List<Publication> own = all.FindAll(publication => publication.Module == module);
        Publication? before = own.Count == 0 ? null : own.FindLast(publication => publication.Published.Code != own[^1].Published.Code);
        if (before is null)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Incompatible, $"module {module} has run no other build yet, so there is none to go back to");
        }

        byte[] binary = await _code.ReadAsync(before.Published, cancellationToken).ConfigureAwait(false);
        return await ReloadAsync(module, binary, publisher, options, progress, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CanaryRun> StartCanaryAsync(
        string module,
        PublicationCandidate candidate,
        IReadOnlyList<MigrationStep> steps,
        CallWatch watch,
        ReloadOptions options,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancellationToken)
    {
        Revision from = await CanaryStart.FindAsync(_store, module, options.CanaryCalls, cancellationToken).ConfigureAwait(false);
        var history = new RecordedHistory(_store, _engine, _snapshots, _time);
        ModuleProjection projection = await history.ProjectAsync(module, from, progress, cancellationToken).ConfigureAwait(false);
        List<KeyValuePair<string, ModuleSchema?>> declarations = await ReadDeclarationsAsync().ConfigureAwait(false);
        declarations.Add(new(module, candidate.Schema));
        string[] callers = [.. CallGraph.FindGroups(declarations).First(group => group.Contains(module)).Where(other => other != module)];
        return new CanaryRun(history, projection, candidate, steps, callers, _options.Limits, watch, options, _time, progress);
    }

    // Beside the module, until what is left is little. One that differs already is not run any further than it was to be.
    private async Task CatchUpAsync(string module, CanaryRun canary, ReloadOptions options, CancellationToken cancellationToken)
    {
        for (int i = 0; i < CatchUpsMax; i++)
        {
            Revision durable = await ViewAsync(module, projection => projection.Revision).ConfigureAwait(false);
            if (i > 0 && durable.Value - canary.Revision.Value <= options.PauseEventsMax / 8) return;
            await GuestThread.RunAsync(
                $"canary of {module}", _engine.StackBytes(_options.Limits), () => canary.GoTo(durable, cancellationToken)).ConfigureAwait(false);
            if (!canary.IsAccepted) return;
        }
    }

    private async Task<ReloadResult> FinishAsync(
        string module, ReadOnlyMemory<byte> binary, Identity publisher, CanaryRun canary, CancellationToken cancellationToken)
    {
        if (!canary.IsAccepted) return new(null, canary.Result);
        try
        {
            PublishResult published = await PublishConfirmedAsync(binary, publisher, module, canary.Finish, cancellationToken).ConfigureAwait(false);
            return new(published, canary.Result);
        }
        catch (ChangedEffectsException)
        {
            return new(null, canary.Result);
        }
    }
}
