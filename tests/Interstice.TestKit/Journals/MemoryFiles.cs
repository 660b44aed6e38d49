using Interstice.Journal.Files;

namespace Interstice.TestKit.Journals;

/// <summary>A directory in memory that knows what is durable and what is not, and can fail.</summary>
/// <remarks>
/// <para>Contents and names have two states: as the system shows them, and as the device holds them. Writes become durable at a
/// sync, names at a sync of the directory. <see cref="LosePower"/> leaves what is durable and any subset of the rest.</para>
/// <para>A failed sync drops what it should have made durable from what a later sync will write, while reads still show it: so do
/// file systems.</para>
/// </remarks>
public sealed partial class MemoryFiles : IJournalFiles
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryNode> _names = [];
    private readonly Dictionary<string, MemoryNode> _durableNames = [];
    private readonly List<Action<Dictionary<string, MemoryNode>>> _nameChanges = [];
    private string? _holder;

    public string Directory => "/memory";

    public bool DirectoryExists => true;

    /// <summary>Decides for each operation that writes, syncs or names whether it fails, and how.</summary>
    public FaultPlan Faults { get; set; } = FaultPlan.None;

    /// <summary>Called before each sync of a file, outside any lock; may hold it up.</summary>
    public Action BeforeSync { get; set; } = () => { };

    public void CreateDirectory()
    {
    }

    public IReadOnlyList<string> List()
    {
        lock (_gate) return [.. _names.Keys];
    }

    public IJournalFile Open(string name, JournalFileMode mode)
    {
        lock (_gate)
        {
            if (mode == JournalFileMode.Create)
            {
                Faults.Pass(FaultPoint.Name, name);
                if (_names.ContainsKey(name)) throw new IOException($"{name} is already there");
                MemoryNode created = new();
                ChangeNames(names => names[name] = created);
            }
            else
            {
                Faults.Pass(FaultPoint.Open, name);
            }

            if (!_names.TryGetValue(name, out MemoryNode? node)) throw new FileNotFoundException("no such file", name);
            return new MemoryFile(this, node, isWritable: mode != JournalFileMode.Read);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            Faults.Pass(FaultPoint.Name, from);
            if (_names.ContainsKey(to)) throw new IOException($"{to} is already there");
            MemoryNode node = _names.TryGetValue(from, out MemoryNode? found)
                ? found
                : throw new FileNotFoundException("no such file", from);
            ChangeNames(names =>
            {
                names.Remove(from);
                names[to] = node;
            });
        }
    }

    public void Delete(string name)
    {
        lock (_gate)
        {
            Faults.Pass(FaultPoint.Name, name);
            ChangeNames(names => names.Remove(name));
        }
    }

    public void SyncDirectory()
    {
        lock (_gate)
        {
            SyncLie lie = Faults.PassSync(".");
            if (lie == SyncLie.Lost) _nameChanges.Clear();
            if (lie != SyncLie.None) return;
            foreach (Action<Dictionary<string, MemoryNode>> change in _nameChanges) change(_durableNames);
            _nameChanges.Clear();
        }
    }

    public IDisposable? TryLock(string name, string holder, out string heldBy)
    {
        lock (_gate)
        {
            heldBy = _holder ?? string.Empty;
            if (_holder is not null) return null;
            _holder = holder;
            return new MemoryLock(this);
        }
    }

    /// <summary>What the process leaves behind when it is killed: the lock is free, everything is as it was shown.</summary>
    public void Crash()
    {
        lock (_gate) _holder = null;
    }

    /// <summary>What the device holds after the power has failed: what was durable, and of the rest whatever chance keeps, by
    /// sectors and by names.</summary>
    public void LosePower(Random random)
    {
        lock (_gate)
        {
            _holder = null;
            double kept = random.Next(5) / 4.0;
            foreach (Action<Dictionary<string, MemoryNode>> change in _nameChanges)
                if (random.NextDouble() < kept) change(_durableNames);
            _nameChanges.Clear();
            foreach (MemoryNode node in _names.Values.Concat(_durableNames.Values).Distinct()) node.LosePower(random, kept);
            _names.Clear();
            foreach ((string name, MemoryNode node) in _durableNames) _names[name] = node;
        }
    }

    /// <summary>A copy of a file as it is shown.</summary>
    public byte[] Read(string name)
    {
        lock (_gate) return _names[name].Shown.ToArray();
    }

    /// <summary>Replaces a file, durably.</summary>
    public void Replace(string name, byte[] content)
    {
        lock (_gate)
        {
            MemoryNode node = new();
            node.Write(content, 0);
            node.Sync();
            _names[name] = node;
            _durableNames[name] = node;
        }
    }

    /// <summary>A copy of the whole directory as it is shown, durable, without faults and without lock.</summary>
    public MemoryFiles Copy()
    {
        MemoryFiles copy = new();
        lock (_gate)
        {
            foreach ((string name, MemoryNode node) in _names) copy.Replace(name, node.Shown.ToArray());
        }

        return copy;
    }

    private void ChangeNames(Action<Dictionary<string, MemoryNode>> change)
    {
        change(_names);
        _nameChanges.Add(change);
    }

    private sealed class MemoryLock(MemoryFiles files) : IDisposable
    {
        public void Dispose() => files.Crash();
    }
}
