using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;

namespace Interstice.Journal.Recovery;

/// <summary>Follows a log that another process may be writing, for a store that is open for reading only.</summary>
/// <remarks>Shows whole frames as soon as they can be read, which may be moments before they are durable. Serialised by a lock.
/// </remarks>
internal sealed class LogTail(Log log, bool checksFrames) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly RecentAppends _recent = new();
    private LogOpener? _opener;

    /// <summary>Reads what is there.</summary>
    public LogOpener Open()
    {
        _opener = new LogOpener(log, _recent, JournalFileMode.Read, checksFrames);
        _opener.ReadAll();
        return _opener;
    }

    /// <summary>Reads what has been added since.</summary>
    public void Refresh()
    {
        lock (_gate) _opener?.ReadMore();
    }

    public void Dispose()
    {
        lock (_gate) _opener = null;
    }
}
