using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

/// <remarks>A deletion is a change of settings: a stream that is deleted softly has <c>$tb</c> behind every revision, one that is closed for ever
/// has the mark of that in their place. What an append to a deleted stream changes of them stands in its own frame, so that both are there
/// or neither is.</remarks>
internal sealed partial class LogWriter
{
    // Settings that the group changes, not yet seen by readers.
    private readonly Dictionary<StreamEntry, StreamMetadata> _settings = [];

    // Those that the frame being made changes besides what its request says.
    private readonly List<(StreamEntry Target, StreamMetadata Metadata, StreamAppend Part)> _newSettings = [];

    private StreamMetadata SettingsOf(StreamEntry? stream)
    {
        if (stream is null) return StreamMetadata.Empty;
        return _settings.Count > 0 && _settings.TryGetValue(stream, out StreamMetadata? written) ? written : stream.Metadata;
    }

    // A deleted stream is also what "no stream" expects.
    private static bool IsMet(in StreamAppend part, StreamEntry? stream, StreamMetadata settings) =>
        part.Expected.IsMetBy(new Revision(stream?.Written ?? Revision.None.Value))
        || (settings.IsDeleted && part.Expected.Exact == Revision.None);

    private static EventStoreException Deleted(StreamName stream, StreamMetadata settings) => new(
        EventStoreErrorKind.StreamDeleted,
        MetadataJson.IsTombstone(settings)
            ? $"stream \"{stream}\" was deleted for ever; use another name"
            : $"stream \"{stream}\" was expected to exist and is deleted; append to it without that expectation to bring it back")
    {
        Stream = stream,
    };

    // Gives the bytes that they add to the frame at most.
    private long CollectSettings(AppendRequest request)
    {
        long bytes = 0;
        if (request.Deletion is { } kind)
        {
            StreamEntry target = _log.FindOrAdd(request.MetadataTarget);
            return Collect(target, kind == DeletionKind.Tombstone
                ? MetadataJson.Tombstone
                : SettingsOf(target) with { TruncateBefore = Revision.End });
        }

        foreach (ref readonly StreamAppend part in request.Parts)
        {
            if (part.Events.IsEmpty || _log.Find(part.Stream) is not { } stream) continue;
            StreamMetadata settings = SettingsOf(stream);
            if (settings.IsDeleted) bytes += Collect(stream, settings with { TruncateBefore = new Revision(stream.Written + 1) });
        }

        return bytes;
    }

    private long Collect(StreamEntry target, StreamMetadata metadata)
    {
        StreamName name = MetadataJson.StreamOf(target.Name);
        byte[] json = MetadataJson.Write(metadata);
        EventData[] events = [new(Guid.NewGuid(), StreamMetadata.EventType, IsJson: true, json, default)];
        _newSettings.Add((target, metadata, new StreamAppend(name, ExpectedRevision.Any, events)));
        return GroupBuffer.FrameBytesMax(1, 1, json.Length, name.Value.Length + StreamMetadata.EventType.Length);
    }

    // The format that the active segment must have at least; once the newest is needed, it stays.
    private ushort VersionFor(AppendRequest request)
    {
        bool hasProperties = request.Metadata is { } metadata && MetadataJson.HasProperties(metadata);
        foreach ((_, StreamMetadata settings, _) in _newSettings) hasProperties |= MetadataJson.HasProperties(settings);
        return hasProperties || _active.Header.HasProperties
            ? SegmentHeader.VersionWithProperties
            : SegmentHeader.VersionNow;
    }

    // Before the events of the frame, so that who reads on behind this process sees them in this order too.
    private AppendResult.Appended? AddSettings(long frameOffset)
    {
        AppendResult.Appended? last = null;
        foreach ((StreamEntry target, StreamMetadata metadata, StreamAppend part) in _newSettings)
        {
            last = AddPart(part, frameOffset);
            _settings[target] = metadata;
        }

        return last;
    }
}
