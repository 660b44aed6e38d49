namespace Interstice.Journal.Repair;

/// <summary>A frame that stays as it is, where it is.</summary>
/// <param name="Offset">Where it begins in the segment.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Checksum">Its checksum.</param>
/// <param name="IsMapped">Whether the index counts it among the places of frames: appends and holes.</param>
/// <param name="IsFiller">Whether it only fills what an earlier repair left free.</param>
internal readonly record struct KeptFrame(long Offset, long End, uint Checksum, bool IsMapped, bool IsFiller);
