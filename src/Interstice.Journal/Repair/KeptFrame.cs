namespace Interstice.Journal.Repair;

/// <summary>A frame that stays as it is, where it is.</summary>
/// <param name="Offset">Where it begins in the segment.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Checksum">Its checksum.</param>
internal readonly record struct KeptFrame(long Offset, long End, uint Checksum);
