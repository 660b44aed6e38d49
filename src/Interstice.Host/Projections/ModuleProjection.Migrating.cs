using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Projections;

/// <summary>From the tables of one publication to those of the next.</summary>
public sealed partial class ModuleProjection
{
    /// <summary>How the tables of the build in force become those of another one, as far as declarations tell.</summary>
    /// <param name="schema">Declarations of the other build.</param>
    /// <returns>Null before the first publication: there is nothing to migrate.</returns>
    public MigrationPlan? Plan(ModuleSchema schema)
    {
        if (Schema is not { } current) return null;
        IReadOnlySet<string> taken = MigrationRows.Read(State!);
        return MigrationPlan.Make(current, schema, (from, to) => taken.Contains(MigrationRows.NameOf(from, to)));
    }

    /// <summary>What the tables will be under another build, without changing anything yet.</summary>
    /// <param name="schema">Declarations of the build.</param>
    /// <param name="steps">The steps from the present tables; none before the first publication.</param>
    /// <param name="atUs">When, in microseconds since the Unix epoch; recorded with declared migrations.</param>
    /// <param name="reducers">Gives what reducers among the steps write; null where there are none.</param>
    /// <exception cref="MigrationException">The steps do not lead there, or a row has no place in the new tables.</exception>
    public Preview Prepare(ModuleSchema schema, IReadOnlyCollection<MigrationStep> steps, long atUs, IMigrationReducers? reducers = null) => new(
        schema,
        State is null ? new ModuleState(schema) : StateMigration.Run(State, schema, steps, (Published?.Version ?? 0) + 1, atUs, reducers));

    /// <summary>The tables of another build beside those that are there.</summary>
    /// <param name="schema">Declarations of the build.</param>
    /// <param name="steps">The steps from the present tables.</param>
    /// <exception cref="MigrationException">The steps do not lead there, one is a reducer's, or a row has no place in the new tables.</exception>
    public MappedTables Map(ModuleSchema schema, IReadOnlyCollection<MigrationStep> steps) => new(StateMigration.Map(State!, schema, steps));

    /// <summary>Takes the steps of a recorded publication again, over the tables before it.</summary>
    /// <param name="before">The tables; stay as they are.</param>
    /// <param name="schema">Declarations of the publication's build.</param>
    /// <param name="published">The publication.</param>
    /// <param name="reducers">Gives what reducers among the steps write.</param>
    /// <exception cref="MigrationException">The steps do not lead there.</exception>
    public static void Rehearse(ModuleState before, ModuleSchema schema, ModulePublished published, IMigrationReducers reducers)
    {
        ArgumentNullException.ThrowIfNull(published);
        StateMigration.Run(before, schema, [.. published.Steps.Select(MigrationStep.Parse)], published.Version, published.TimeUs, reducers);
    }

    private void ReplayPublication(in RecordedEvent recorded)
    {
        ModulePublished published = ModulePublished.Read(recorded.Data.Span);
        int version = (Published?.Version ?? 0) + 1;
        if (published.Version != version)
            throw Damage(recorded, ReplayErrorKind.Publication, $"publication {version}", $"publication {published.Version}");
        var schema = ModuleSchema.Parse(published.Schema.Span);
        Preview next = PrepareRecorded(recorded, schema, published);
        if (!published.Steps.IsEmpty && next.State.Hash != published.StateHash)
        {
            throw Damage(
                recorded, ReplayErrorKind.StateHash, $"{published.StateHash} after the migration", next.State.Hash.ToString());
        }

        Publish(published, next, recorded.Revision);
    }

    // Rows that a replay has put off entering into indexes have to be in them, since they are read.
    private Preview PrepareRecorded(in RecordedEvent recorded, ModuleSchema schema, ModulePublished published)
    {
        const string expected = "tables that follow from those of the publication before";
        if (State is null && !published.Steps.IsEmpty)
            throw Damage(recorded, ReplayErrorKind.Publication, "no migration in the first publication", $"{published.Steps.Length} steps");
        try
        {
            MigrationStep[] steps = [.. published.Steps.Select(MigrationStep.Parse)];
            if (State is not null && (steps.Length > 0 || !StateMigration.Keeps(State, schema))) CompleteTables(_replayThreads);
            int reducers = steps.Count(step => step is MigrationStep.RunReducer);
            if (reducers != published.Effects.Length)
                throw Damage(recorded, ReplayErrorKind.Publication, $"the effects of {reducers} reducers", $"those of {published.Effects.Length}");
            return Prepare(schema, steps, published.TimeUs, new RecordedReducers(published.Effects));
        }
        catch (MigrationException fault)
        {
            throw Damage(recorded, ReplayErrorKind.Publication, expected, fault.Message, fault);
        }
    }
}
