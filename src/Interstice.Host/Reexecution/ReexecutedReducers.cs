using Interstice.Host.Migrations;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reexecution;

/// <summary>Runs the reducers of a recorded migration again and compares what they write. Whatever that is, the recorded rows go on.</summary>
/// <param name="sandbox">Runs them.</param>
/// <param name="published">The publication.</param>
/// <param name="at">Its revision.</param>
internal sealed class ReexecutedReducers(ReducerSandbox sandbox, ModulePublished published, Revision at) : IMigrationReducers
{
    private readonly RecordedReducers _recorded = new(published.Effects);

    /// <summary>What differs.</summary>
    public List<EffectDifference> Differences { get; } = [];

    /// <inheritdoc/>
    public ReducerEffects Run(MigrationSchema migration, Func<MigrationScope> scope)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ReducerEffects recorded = _recorded.Run(migration, scope);
        try
        {
            Compare(migration, recorded, sandbox.Run(migration, scope));
        }
        catch (MigrationException fault)
        {
            Add(migration, EffectKind.Ending, $"{recorded.RowCount} rows", fault.Message);
        }

        return recorded;
    }

    private void Compare(MigrationSchema migration, ReducerEffects recorded, ReducerEffects found)
    {
        foreach (string name in migration.Writes.Select(table => table.Name))
        {
            TableRows? before = recorded.Tables.FirstOrDefault(table => table.Table == name);
            TableRows? now = found.Tables.FirstOrDefault(table => table.Table == name);
            int count = Math.Max(before?.Rows.Length ?? 0, now?.Rows.Length ?? 0);
            for (int i = 0; i < count; i++)
            {
                (string expected, string given) = (TextOf(before, i), TextOf(now, i));
                if (expected != given) Add(migration, EffectKind.Event, $"row {i} of {name}: {expected}", given);
            }
        }
    }

    private static string TextOf(TableRows? table, int row) =>
        table is null || row >= table.Rows.Length ? "none" : Convert.ToHexStringLower(table.Rows[row].Span);

    private void Add(MigrationSchema migration, EffectKind kind, string expected, string found) => Differences.Add(new(
        at, "migration:" + migration.Reducer, $"the migration from {migration.From} to {migration.To}", kind, expected, found));
}
