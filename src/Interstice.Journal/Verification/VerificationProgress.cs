namespace Interstice.Journal.Verification;

/// <summary>Adds up what all threads of a verification have read, and ends them when that is wanted. Thread-safe.</summary>
internal sealed class VerificationProgress(IProgress<long>? progress, CancellationToken cancellationToken)
{
    private readonly Lock _lock = new();
    private long _bytes;

    /// <summary>Ends the work.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Notes that so many bytes were read, each counted once even if it is read again.</summary>
    /// <exception cref="OperationCanceledException">The work shall end.</exception>
    public void Add(long bytes)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _bytes += bytes;
            if (bytes > 0) progress?.Report(_bytes);
        }
    }
}
