namespace Interstice.Journal.Segments;

/// <summary>A frame whose checksum is right holds something that no writer of this version writes. Whoever knows the file turns
/// it into a <see cref="JournalDamageException"/>.</summary>
internal sealed class FrameContentException(string what, int at)
    : Exception($"{what} at byte {at} of the payload cannot be read")
{
    /// <summary>What could not be read.</summary>
    public string What => what;

    /// <summary>Where, in bytes from the start of the payload.</summary>
    public int At => at;
}
