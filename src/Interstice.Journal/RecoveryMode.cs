using Interstice.Journal.Repair;

namespace Interstice.Journal;

/// <summary>What opening does with a store that is damaged: docs/recovery.md. What a crash leaves of the last write is no damage, and is
/// dropped under all of them.</summary>
public enum RecoveryMode
{
    /// <summary>Refuses it and changes nothing.</summary>
    Strict,

    /// <summary>For writing: repairs it as <see cref="RepairMode.Truncate"/> does, after a backup of every file that changes. For reading
    /// only: as <see cref="Strict"/>.</summary>
    Truncate,

    /// <summary>For writing: repairs it as <see cref="RepairMode.Skip"/> does, after a backup of every file that changes. For reading only: as
    /// <see cref="Strict"/>.</summary>
    Skip,

    /// <summary>For reading only: shows what is whole; streams then lack the revisions that are lost, and what another process appends later is
    /// not seen. Refused for writing.</summary>
    Salvage,
}
