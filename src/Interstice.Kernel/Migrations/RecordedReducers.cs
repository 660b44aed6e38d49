using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>What the reducers of a publication wrote when it was made.</summary>
/// <param name="effects">What each wrote, in order.</param>
public sealed class RecordedReducers(ImmutableArray<ReducerEffects> effects) : IMigrationReducers
{
    private int _next;

    /// <inheritdoc/>
    public ReducerEffects Run(MigrationSchema migration, Func<MigrationScope> scope)
    {
        ArgumentNullException.ThrowIfNull(migration);
        return _next < effects.Length ? effects[_next++] : throw new MigrationException(
            MigrationErrorKind.MalformedStep, $"what reducer \"{migration.Reducer}\" of the migration from {migration.From} to {migration.To} wrote is not recorded");
    }
}
