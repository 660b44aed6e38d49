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
        Begin(bytes);
        Task<IJournalFile> running = _running!;
        _running = null;
        IJournalFile file;
        try
        {
            file = running.GetAwaiter().GetResult();
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            Discard();
            throw;
        }

        if (_bytes >= bytes) return file;
        try
        {
            SegmentFiles.WriteZeros(file, _bytes, bytes);
            file.Sync();
            return file;
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            file.Dispose();
            Discard();
            throw;
        }
    }

    /// <summary>Waits for what is being prepared and removes it.</summary>
    public void Abandon()
    {
        if (_running is null) return;
        try
        {
            _running.GetAwaiter().GetResult().Dispose();
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            // What could not be made is not missed; the next opening removes what is left of it.
        }

        _running = null;
        Discard();
    }

    private void Discard()
    {
        try
        {
            files.Delete(SegmentName.Prepared);
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            // Left over, it is removed by the next attempt to prepare or by the next opening.
        }
    }
}
