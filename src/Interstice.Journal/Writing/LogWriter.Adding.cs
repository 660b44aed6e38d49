using Interstice.Journal.Index;
using Interstice.Journal.Reading;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

internal sealed partial class LogWriter
{
    // Puts a request into the group or gives it its answer; false when the group must be written first.
    private bool TryAdd(AppendRequest request)
    {
        if (_poison is not null) throw _poison;
        bool areMet = true;
        bool hasEvents = false;
        bool isAnyDeleted = false;
        foreach (ref readonly StreamAppend part in request.Parts)
        {
            StreamEntry? stream = _log.Find(part.Stream);
            StreamMetadata settings = SettingsOf(request.Metadata is null ? stream : _log.Find(request.MetadataTarget));
            if (request.Metadata is not null && !MetadataJson.IsTombstone(settings)) settings = StreamMetadata.Empty; // it has none itself
            if (MetadataJson.IsTombstone(settings) || (settings.IsDeleted && part.Expected.IsStreamExists))
            {
                request.SetError(Deleted(part.Stream, settings));
                return true;
            }

            areMet &= IsMet(part, stream, settings);
            isAnyDeleted |= settings.IsDeleted;
            hasEvents |= !part.Events.IsEmpty || request.Deletion is not null;
        }

        try
        {
            // Only an expectation that is not met, or none at all, leaves room for events that are already there.
            if (hasEvents && request.Deletion is null && (!areMet || isAnyDeleted || IsUnconditional(request)))
            {
                if (!TryFindRepetition(request, out object? answer)) return false;
                if (answer is not null)
                {
                    request.SetResult(answer);
                    return true;
                }
            }

            if (!areMet || !hasEvents)
            {
                if (areMet && _group.Length > 0) return false; // the answer speaks of what must be durable first
                request.SetResult(Standing(request));
                return true;
            }

            _newSettings.Clear();
            long settingsBytesMax = isAnyDeleted || request.Deletion is not null ? CollectSettings(request) : 0;
            return TryEncode(request, request.FrameBytesMax + settingsBytesMax);
        }
        catch (JournalDamageException e)
        {
            request.SetError(e);
            return true;
        }
    }

    private static bool IsUnconditional(AppendRequest request)
    {
        foreach (ref readonly StreamAppend part in request.Parts)
            if (part.Expected.Exact is null && !part.Events.IsEmpty) return true;
        return false;
    }

    // The answer when nothing is written: where each stream stands, or that it was not as expected.
    private object Standing(AppendRequest request)
    {
        ReadOnlySpan<StreamAppend> parts = request.Parts;
        AppendResult[] results = new AppendResult[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            StreamEntry? stream = _log.Find(parts[i].Stream);
            Revision actual = new(stream?.Written ?? Revision.None.Value);
            results[i] = IsMet(parts[i], stream, SettingsOf(stream))
                ? new AppendResult.Appended(actual, PositionOfLast(stream))
                : new AppendResult.WrongExpectedRevision(parts[i].Expected, actual);
        }

        return request.IsMany ? results : results[0];
    }

    private Position PositionOfLast(StreamEntry? stream)
    {
        if (stream is null || stream.Written < 0) return Position.Start;
        if (stream.WrittenPosition == 0)
        {
            // Known for everything written since the opening, so this event is one that recovery found.
            using StreamBackwards reader = new(_log, stream, stream.Last, 0);
            stream.WrittenPosition = reader.Next(1).Span[0].Position.Commit;
        }

        return new Position(stream.WrittenPosition, stream.WrittenPosition);
    }

    private bool TryEncode(AppendRequest request, long frameBytesMax)
    {
        if (frameBytesMax > JournalLimits.FrameBytesMax)
        {
            request.SetError(new EventStoreException(EventStoreErrorKind.TooLarge,
                $"the append and the settings of the deleted streams that it brings back have up to {frameBytesMax} bytes, at most "
                + $"{JournalLimits.FrameBytesMax} are allowed; append to fewer streams"));
            return true;
        }

        ushort version = VersionFor(request);
        bool isNewerNeeded = version == SegmentHeader.VersionWithProperties && !_active.Header.HasProperties;
        if (isNewerNeeded || _groupOffset + _group.Length + frameBytesMax + SegmentSeal.FrameBytesMax > _capacity)
        {
            if (_group.Length > 0) return false;
            if ((isNewerNeeded || _active.Tail + frameBytesMax + SegmentSeal.FrameBytesMax > _capacity)
                && !TryRotate(request, frameBytesMax, version)) return true;
        }

        AddFrame(request, (int)frameBytesMax);
        return true;
    }

    private void AddFrame(AppendRequest request, int frameBytesMax)
    {
        ReadOnlySpan<StreamAppend> parts = request.Parts;
        int partsWithEvents = _newSettings.Count;
        foreach (ref readonly StreamAppend part in parts) partsWithEvents += part.Events.IsEmpty ? 0 : 1;
        int start = _group.BeginFrame(frameBytesMax, FrameKind.Append, partsWithEvents, _durable, _recordedUs);
        request.IsWritten = true;
        AppendResult? deletion = AddSettings(_groupOffset + start);
        AppendResult[]? results = request.IsMany ? new AppendResult[parts.Length] : null;
        for (int i = 0; i < parts.Length; i++)
        {
            AppendResult result = AddPart(parts[i], _groupOffset + start);
            if (request.Deletion == DeletionKind.Soft) result = deletion!;
            if (results is null) request.SetResult(result);
            else results[i] = result;
        }

        if (results is not null) request.SetResult(results);
        if (request.Metadata is { } metadata) _settings[_log.FindOrAdd(request.MetadataTarget)] = metadata;
        EndFrame(start);
        _active.AddTime(_recordedUs);
    }

    private AppendResult.Appended AddPart(in StreamAppend part, long frameOffset)
    {
        StreamEntry stream = _log.FindOrAdd(part.Stream);
        ReadOnlySpan<EventData> events = part.Events.Span;
        if (events.IsEmpty) return new AppendResult.Appended(new Revision(stream.Written), PositionOfLast(stream));
        bool isUnconditional = part.Expected.Exact is null;
        long first = stream.Written + 1;
        int lastEvent = _group.AddPart(_active, stream, isUnconditional, events);
        stream.Written += events.Length;
        _active.Events += events.Length;
        _pending.Add(new PendingPart(stream, frameOffset, first, events.Length));
        if (isUnconditional) AddRecent(events[0].Id, stream, first);
        ulong position = _active.PositionOf(_groupOffset + lastEvent);
        stream.WrittenPosition = position;
        return new AppendResult.Appended(new Revision(stream.Written), new Position(position, position));
    }

    // Settings are found by their stream and never repeated, so recovery does not note them either.
    private void AddRecent(Guid firstId, StreamEntry stream, long firstRevision)
    {
        if (MetadataJson.IsMetadataStream(stream.Name)) return;
        _recent.Add(firstId, stream, firstRevision);
        _active.AddRecent(new RecentAppend(firstId, stream, firstRevision));
    }
}
