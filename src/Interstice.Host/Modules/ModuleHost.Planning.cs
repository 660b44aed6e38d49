using Interstice.Host.Migrations;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <content>What a publication would do.</content>
public sealed partial class ModuleHost
{
    /// <summary>Plans a publication: checks the binary, compares its declarations, and takes the migration steps over the rows of now, which
    /// holds up calls of the module as the publication would. Nothing is written, and no code of the binary is executed but reducers of migrations that
    /// the publication would run.</summary>
    /// <param name="binary">The binary.</param>
    /// <param name="name">Name to publish under; null for the one that the binary declares.</param>
    /// <exception cref="ModuleRefusedException">The binary cannot be published, whatever tables there are.</exception>
    /// <exception cref="Commands.ModuleUnavailableException">The host is stopping.</exception>
    public async Task<PublicationPlan> PlanAsync(ReadOnlyMemory<byte> binary, string? name = null)
    {
        using IModuleCode code = _engine.Load(binary);
        ModuleSchema schema = PublicationRules.Check(code);
        string module = name ?? schema.Name;
        ModuleNames.Check(module);
        CodeHash hash = CodeHash.Of(binary.Span);
        if (!TryFind(module, out ModuleLoop loop)) return new(module, 1, schema.Version, null, hash, false);
        var candidate = new PublicationCandidate(binary, hash, code, schema, CodeStore.CountChunks(binary.Length), default);
        var work = new ViewWork<PublicationPlan>(projection => Plan(projection, candidate, loop));
        loop.Enqueue(work);
        return await work.Answer.ConfigureAwait(false);
    }

    private PublicationPlan Plan(ModuleProjection projection, PublicationCandidate candidate, ModuleLoop loop)
    {
        (ModuleSchema schema, CodeHash hash) = (candidate.Schema, candidate.Hash);
        int version = projection.Published?.Version ?? 0;
        bool runsAlready = projection.Published?.Code == hash;
        var plan = new PublicationPlan(
            projection.Module, runsAlready ? version : version + 1, schema.Version, projection.Schema?.Version, hash, runsAlready);
        if (runsAlready || projection.Plan(schema) is not { } migration) return plan;
        plan = plan with { Changes = migration.Changes, Steps = migration.Steps, Refusals = migration.Refusals };
        if (!plan.Refusals.IsEmpty) return plan;
        try
        {
            MigrationStep[] steps = [.. plan.Steps.Select(step => step.Step)];
            long nowUs = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
            ReducerSandbox reducers = loop.CreateSandbox(candidate, steps, nowUs);
            projection.Prepare(schema, steps, nowUs, reducers);
            return plan with { Effects = reducers.Effects };
        }
        catch (MigrationException fault)
        {
            return plan with { Refusals = [fault.Message] };
        }
    }
}
