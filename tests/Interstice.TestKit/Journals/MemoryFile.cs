using Interstice.Journal.Files;

namespace Interstice.TestKit.Journals;

public sealed partial class MemoryFiles
{
    private sealed class MemoryFile(MemoryFiles files, MemoryNode node, bool isWritable) : IJournalFile
    {
        private bool _isDisposed;

        // Under the name that it has by now.
        private string Name => files._names.FirstOrDefault(entry => entry.Value == node).Key ?? "a removed file";

        public long Length
        {
            get
            {
                lock (files._gate) return Node().Shown.Length;
            }
        }

        public int ReadAt(Span<byte> destination, long offset)
        {
            lock (files._gate)
            {
                if (files.Faults.Points.Contains(FaultPoint.Read)) files.Faults.Pass(FaultPoint.Read, Name);
                ReadOnlySpan<byte> shown = Node().Shown;
                if (offset >= shown.Length) return 0;
                int count = (int)Math.Min(destination.Length, shown.Length - offset);
                shown.Slice((int)offset, count).CopyTo(destination);
                return count;
            }
        }

        public void WriteAt(ReadOnlySpan<byte> source, long offset)
        {
            lock (files._gate)
            {
                MemoryNode target = Writable();
                int allowed = files.Faults.PassWrite(Name, source.Length, out IOException? failure);
                target.Write(source[..allowed], offset);
                if (failure is not null) throw failure;
            }
        }

        public void Sync()
        {
            files.BeforeSync();
            lock (files._gate)
            {
                MemoryNode target = Node();
                try
                {
                    SyncLie lie = files.Faults.PassSync(Name);
                    if (lie == SyncLie.None) target.Sync();
                    else if (lie == SyncLie.Lost) target.ForgetPending();
                }
                catch (IOException)
                {
                    target.ForgetPending();
                    throw;
                }
            }
        }

        public void SetLength(long length)
        {
            lock (files._gate)
            {
                MemoryNode target = Writable();
                files.Faults.Pass(FaultPoint.SetLength, Name);
                target.SetLength((int)length);
            }
        }

        public void Dispose() => _isDisposed = true;

        private MemoryNode Node()
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return node;
        }

        private MemoryNode Writable() =>
            isWritable ? Node() : throw new UnauthorizedAccessException($"{Name} is open for reading");
    }
}
