using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>Gives what the reducers of a migration write: a sandbox that runs them, or what was recorded when they ran.</summary>
public interface IMigrationReducers
{
    /// <summary>What the next reducer writes.</summary>
    /// <param name="migration">The migration that it belongs to.</param>
    /// <param name="scope">Makes what it sees; need not be asked for.</param>
    /// <exception cref="MigrationException">It failed.</exception>
    ReducerEffects Run(MigrationSchema migration, Func<MigrationScope> scope);
}
