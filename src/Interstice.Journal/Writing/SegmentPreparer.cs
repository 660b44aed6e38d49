using Interstice.Journal.Files;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Writing;

/// <summary>Has the next segment's file of zeros ready before it is needed. Writer only, but for the work in the background.
/// </summary>
internal sealed class SegmentPreparer(IJournalFiles files)
{
    private Task<IJournalFile>? _running;
    private long _bytes;

    /// <summary>Begins to prepare a file, unless that has begun.</summary>
    public void Begin(long bytes)
    {
        if (_running is not null) return;
        _bytes = bytes;
        _running = Task.Run(() => SegmentFiles.Prepare(files, bytes));
    }

    /// <summary>The prepared file, at least so long. Waits for it if need be.</summary>
    /// <exception cref="IOException">It could not be made; the next call tries afresh.</exception>
    public IJournalFile Take(long bytes)
    {
        IJournalFile? prepared = TakePrepared();
        if (prepared is null) return SegmentFiles.Prepare(files, bytes);
        try
        {
            if (_bytes < bytes)
            {
                SegmentFiles.WriteZeros(prepared, _bytes, bytes);
                prepared.Sync();
            }

            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    /// <summary>Waits for what is being prepared and removes it.</summary>
    public void Abandon()
    {
        if (TakePrepared() is not { } prepared) return;
        prepared.Dispose();
        try
        {
            files.Delete(SegmentName.Prepared);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            // The next opening removes it.
        }
    }

    // Null when nothing was prepared, or when it failed, perhaps long ago.
    private IJournalFile? TakePrepared()
    {
        Task<IJournalFile>? running = _running;
        _running = null;
        try
        {
            return running?.GetAwaiter().GetResult();
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            return null;
        }
    }
}
