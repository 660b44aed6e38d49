using System.Runtime.CompilerServices;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>What the frames of one segment say of one stream, as the segment's index keeps it. Used again for another segment's.
/// </summary>
internal sealed class IndexedStream
{
    private byte[] _frames = new byte[64];
    private int _length;
    private long _lastOffset;
    private StreamName _name;

    /// <summary>Whether it holds the settings of another stream.</summary>
    public bool IsSettings { get; private set; }

    /// <summary>What its last event says, when it holds settings.</summary>
    public StreamMetadata? Settings { get; set; }

    /// <summary>Number of frames that hold events of it.</summary>
    public int Entries { get; private set; }

    /// <summary>Revision of its first event.</summary>
    public long First { get; private set; }

    /// <summary>Revision after its last event.</summary>
    public long Next { get; private set; }

    /// <summary>Those frames as a footer keeps them.</summary>
    public ReadOnlySpan<byte> Frames => _frames.AsSpan(0, _length);

    /// <summary>What the segment says of it.</summary>
    public AcceptedStream Accepted => new(_name, First, Next, Settings);

    /// <summary>Begins with a stream that has no events yet.</summary>
    public void Begin(StreamName name)
    {
        _name = name;
        (_length, _lastOffset, Entries, First, Next) = (0, 0, 0, 0, 0);
        Settings = null;
        IsSettings = MetadataJson.IsMetadataStream(name);
    }

    /// <summary>Notes events in a frame; false when they do not follow those before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAdd(long offset, long revision, int events)
    {
        if (Entries == 0) First = revision;
        else if (revision != Next) return false;
        byte[] frames = _frames;
        int length = _length;
        if (frames.Length - length < 2 * Varint.BytesMax) frames = Grow();
        Varint.Write(frames, ref length, (ulong)(offset - _lastOffset));
        Varint.Write(frames, ref length, (ulong)events);
        _length = length;
        _lastOffset = offset;
        Next = revision + events;
        Entries++;
        return true;
    }

    private byte[] Grow()
    {
        Array.Resize(ref _frames, 2 * _frames.Length);
        return _frames;
    }
}
