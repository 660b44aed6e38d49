using Interstice.Journal.Files;

namespace Interstice.Journal.Repair;

/// <summary>Files of a directory, opened for reading when they are first asked for. Thread-safe.</summary>
internal sealed class OpenFiles(IJournalFiles files) : IDisposable
{
    private readonly Dictionary<string, IJournalFile> _open = [];

    public IJournalFile Get(string name)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(name, out IJournalFile? file)) _open[name] = file = files.Open(name, JournalFileMode.Read);
            return file;
        }
    }

    public void Dispose()
    {
        lock (_open)
        {
            foreach (IJournalFile file in _open.Values) file.Dispose();
            _open.Clear();
        }
    }
}
