namespace Interstice.Journal.Backup;

/// <summary>Adds up the bytes of several pieces of work, one after the other.</summary>
internal sealed class Steps(IProgress<long>? progress)
{
    private long _done;

    /// <summary>Some more bytes are done.</summary>
    public void Advance(long bytes) => progress?.Report(_done += bytes);

    /// <summary>Begins a piece of work that tells how many bytes of it are done.</summary>
    public IProgress<long> Begin() => new Piece(this);

    private sealed class Piece(Steps owner) : IProgress<long>
    {
        private long _told;

        public void Report(long value)
        {
            owner.Advance(value - _told);
            _told = value;
        }
    }
}
