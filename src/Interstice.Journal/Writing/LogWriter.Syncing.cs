namespace Interstice.Journal.Writing;

internal sealed partial class LogWriter
{
    private ITimer? _syncTimer;
    private int _isSyncing;
    private bool _isUnsynced;
    private bool _isClosed;

    private void StartSyncing()
    {
        if (_options.Sync != SyncPolicy.Interval) return;
        _syncTimer = _time.CreateTimer(
            static writer => ((LogWriter)writer!).SyncInBackground(), this, _options.SyncInterval, _options.SyncInterval);
    }

    // Writes the group. What is not synced here does not move the position that frames name as durable.
    private void WriteGroup(bool syncs)
    {
        _active.File.WriteAt(_group.Written, _groupOffset);
        _isUnsynced = true;
        if (syncs) Sync();
    }

    private void Sync()
    {
        _active.File.Sync();
        _isUnsynced = false;
    }

    // A tick that finds the one before still at work is not needed: that one holds up all writing until it has ended.
    private void SyncInBackground()
    {
        if (Interlocked.Exchange(ref _isSyncing, 1) != 0) return;
        lock (_commit)
        {
            try
            {
                if (_isUnsynced && !_isClosed && _poison is null) Sync();
            }
            catch (Exception e) when (WriteFailure.IsOfFiles(e))
            {
                Poison(e);
            }
        }

        Volatile.Write(ref _isSyncing, 0);
    }
}
