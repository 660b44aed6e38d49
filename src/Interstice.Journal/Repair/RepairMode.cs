namespace Interstice.Journal.Repair;

/// <summary>What a repair does where frames are lost. What can be made again without loss (headers, seals, indexes, padding, the store
/// file) is made again under both.</summary>
public enum RepairMode
{
    /// <summary>Drops the log from the first loss on: what is left is a prefix without holes.</summary>
    Truncate,

    /// <summary>Leaves out what is lost and keeps everything whole, before and behind it, at its position.</summary>
    Skip,
}
