using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Text;
using Interstice.Cli.Output;
using Interstice.Host.Inspection;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Inspection;

/// <summary>Writes events of the log in the format that is wanted. What takes time, making text of them, is done side by side; the order
/// stays.</summary>
/// <param name="session">Where to.</param>
internal sealed class EventRendering(Session session)
{
    // Fewer are not worth waking another thread for.
    private const int EventsPerPartMin = 64;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Part())];
    private (StreamName Stream, TransactionId Id)? _last;

    /// <summary>Writes events, which may borrow their memory.</summary>
    /// <exception cref="EventFormatException">One is damaged; those before it were written.</exception>
    public void Write(IReadOnlyList<LoggedEvent> events)
    {
        if (events.Count == 0) return;
        int parts = Math.Clamp(events.Count / EventsPerPartMin, 1, _parts.Length);
        if (parts == 1) Render(0);
        else Parallel.For(0, parts, Render);
        for (int i = 0; i < parts; i++) _parts[i].WriteTo(session);
        _last = EventText.TransactionOf(events[^1]);
        if (session.Output.IsTerminal) session.Output.Flush();

        void Render(int part)
        {
            int from = (int)((long)events.Count * part / parts);
            int to = (int)((long)events.Count * (part + 1) / parts);
            _parts[part].Render(events, from, to, part == 0 ? _last : EventText.TransactionOf(events[from - 1]), session.IsText);
        }
    }

    // Some events that follow each other; used again for others.
    private sealed class Part
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private readonly List<int> _ends = [];
        private Exception? _fault;

        public void Render(
            IReadOnlyList<LoggedEvent> events, int from, int to, (StreamName, TransactionId)? before, bool isText)
        {
            _bytes.ResetWrittenCount();
            _ends.Clear();
            _fault = null;
            EventText text = new(AddLine, before);
            try
            {
                for (int i = from; i < to; i++)
                {
                    if (isText) text.Write(events[i]);
                    else AddDocument(events[i]);
                }
            }
            catch (Exception fault)
            {
                _fault = fault; // thrown in its turn, when what is before it has been written
            }
        }

        public void WriteTo(Session session)
        {
            if (session.IsText) session.Output.Write(_bytes.WrittenSpan);
            int start = 0;
            foreach (int end in _ends)
            {
                session.Documents.WriteItem(_bytes.WrittenSpan[start..end]);
                start = end;
            }

            if (_fault is not null) ExceptionDispatchInfo.Throw(_fault);
        }

        private void AddLine(string line)
        {
            Encoding.UTF8.GetBytes(line, _bytes);
            _bytes.Write("\n"u8);
        }

        private void AddDocument(LoggedEvent logged)
        {
            JsonBuffer json = JsonBuffer.OfThread;
            EventDocument.Write(json.Begin(), logged);
            _bytes.Write(json.End().Span);
            _ends.Add(_bytes.WrittenCount);
        }
    }
}
