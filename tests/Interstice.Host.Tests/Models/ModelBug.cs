namespace Interstice.Host.Tests.Models;

/// <summary>Mistakes that the model makes on purpose: each is one that a host could make, and must be seen as a difference.</summary>
public enum ModelBug
{
    /// <summary>None.</summary>
    None,

    /// <summary>Unique indexes other than the primary key take every row.</summary>
    UniqueIsIgnored,

    /// <summary>A call that said no leaves the counters that it moved.</summary>
    CountersAreNotUndone,

    /// <summary>A call that said no leaves its rows.</summary>
    RowsAreNotUndone,

    /// <summary>Bounds of a scan are all inclusive.</summary>
    BoundsAreInclusive,

    /// <summary>Rows with the same key of an index come in the order in which they were written.</summary>
    TiesInOrderOfWriting,

    /// <summary>Counters forget the largest value when its row is deleted.</summary>
    CountersGoBack,

    /// <summary>Ephemeral tables outlive a restart.</summary>
    EphemeralSurvives,

    /// <summary>What was read of an ephemeral table may go into the log.</summary>
    EphemeralFlows,

    /// <summary>Missed ticks fire one by one, whatever the timer says.</summary>
    MissedTicksFireEach,

    /// <summary>A call that was refused has had its effects.</summary>
    RefusedIsCommitted,

    /// <summary>A call that is repeated with its key takes effect again.</summary>
    KeysAreForgotten,

    /// <summary>A new column has no default.</summary>
    DefaultsAreForgotten,
}
