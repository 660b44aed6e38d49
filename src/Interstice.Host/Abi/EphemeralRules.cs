using Interstice.Host.Modules;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Abi;

/// <summary>What keeps the log free of what is lost at a restart (docs/tables.md, Ephemeral tables).</summary>
public static class EphemeralRules
{
    /// <summary>Looks for a flow from ephemeral tables into the log, in whatever order: judged for a transaction as a whole, over the
    /// overlays of all modules that take part in it.</summary>
    /// <param name="overlays">What each module's part has read and changed.</param>
    /// <returns>What ends the transaction, or null.</returns>
    public static ModuleTrapException? FindFlow(params ReadOnlySpan<MutationOverlay> overlays)
    {
        TableSchema? read = null;
        bool hasWritten = false;
        foreach (MutationOverlay overlay in overlays)
        {
            read ??= overlay.EphemeralRead;
            hasWritten |= overlay.HasWrittenLogged;
        }

        return read is null || !hasWritten ? null : new ModuleTrapException(
            ModuleTrapKind.EphemeralFlow,
            $"the transaction has read ephemeral table \"{read.Name}\" and has changed a logged table or emitted an event: the log must " +
            "not depend on what a restart empties; read it in a call that changes ephemeral tables only, or in a query, and pass " +
            "what the other call needs as an argument");
    }

    /// <summary>Ends a call whose row does not fit an ephemeral table: what a guest did about it would depend on what a restart
    /// empties.</summary>
    /// <param name="table">The table.</param>
    /// <param name="outcome">How the write ended.</param>
    /// <exception cref="ModuleTrapException">There is a conflict.</exception>
    internal static void ExpectNoConflict(TableSchema table, WriteOutcome outcome)
    {
        if (table.Kind != TableKind.Ephemeral || outcome.Result is WriteResult.Done or WriteResult.NotFound) return;
        string what = outcome.Result == WriteResult.CounterOverflow ? "the auto-increment column has no value left"
            : outcome.Index == 0 ? "a row with this primary key is there already"
            : $"a row with this value in unique index \"{table.Indexes[outcome.Index - 1].Name}\" is there already";
        throw new ModuleTrapException(
            ModuleTrapKind.EphemeralConflict,
            $"ephemeral table \"{table.Name}\": {what}; a conflict in an ephemeral table ends the call, so look with get before the write");
    }
}
