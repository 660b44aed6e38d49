using System.Globalization;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

internal sealed partial class LogVerifier
{
    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private Guid? ReadStoreId()
    {
        try
        {
            return StoreFile.Read(_files);
        }
        catch (JournalDamageException e)
        {
            Add(new VerificationError(VerificationErrorKind.StoreFile, StoreFile.Name, null, e.Offset, 0, e.What, e.Expected,
                e.Found));
        }
        catch (EventStoreException e) when (e.Kind == EventStoreErrorKind.UnknownFormat)
        {
            Add(new VerificationError(VerificationErrorKind.UnknownFormat, StoreFile.Name, null, 0, 0, "format of the store file",
                "a journal's, version 1", e.Message));
        }

        return null;
    }

    private List<SegmentPlace> ListSegments()
    {
        List<(long Number, ulong Base, string Name)> names = [];
        foreach (string name in _files.List())
        {
            if (SegmentName.TryParse(name, out long number, out ulong basePosition))
                names.Add((number, basePosition, name));
            else if (SegmentName.IsClaimed(name))
                Add(new VerificationError(VerificationErrorKind.UnknownFormat, name, null, 0, 0, "name of the file",
                    "number-position.segment", name));
        }

        names.Sort();
        return [.. names.Select((name, i) => new SegmentPlace(name.Number, name.Base, name.Name, i == names.Count - 1))];
    }

    private void CheckNumber(in SegmentPlace place, long expected)
    {
        if (place.Number == expected) return;
        Add(new VerificationError(VerificationErrorKind.MissingSegment, place.Name, place.Number, 0, place.Base,
            "number of the segment", Number(expected), Number(place.Number)));
        _previous = null;
        ForgetRevisions();
    }

    private void ReadSegment(in SegmentPlace place)
    {
        if (OpenSegment(place) is not { } file) return;
        SegmentHeader? header = ReadHeader(file, place);
        Guid? storeId = _storeId ?? header?.StoreId;
        if (storeId is not { } id)
        {
            file.Dispose();
            ForgetRevisions();
            _results.Add(new SegmentResult(place.Number, place.Name, place.Base, 0, 0, 0, IsSealed: false));
            return;
        }

        if (header is { } read) CheckHeader(read, place, id);
        _log ??= new Log(_files, id);
        SegmentHeader used = new(id, place.Number, place.Base, header?.PreviousLength ?? 0, header?.PreviousChain ?? 0)
        {
            Version = header?.Version ?? SegmentHeader.VersionNow,
        };
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        used.Write(bytes);
        Segment segment = new(place.Name, file, used, FrameFormat.ChainStart(bytes));
        _last = new SegmentVerifier(this, _log, segment, place.IsLast, isHeaderKnown: header is not null);
        _last.ReadOn();
        if (place.IsLast) TornTail = _last.TornTail();
    }

    // Null for an archived segment that cannot be read now; that is an error, and what follows is checked.
    private IJournalFile? OpenSegment(in SegmentPlace place)
    {
        IJournalFile? file = null;
        VerificationError error;
        try
        {
            file = _files.Open(place.Name, JournalFileMode.Read);
            if (file is not ArchivedSegmentFile archived) return file;
            _archived.Add(archived.Describe());
            archived.ExpectReachable();
            return file;
        }
        catch (ArchiveUnreachableException e)
        {
            error = new(VerificationErrorKind.Archive, place.Name, place.Number, 0, place.Base, "segment", "readable in the archive", e.Message);
            ArchiveRecord record = ((ArchivedSegmentFile)file!).Record;
            _previous = new SegmentSummary(place.Base + (ulong)record.Length, record.Length, record.Chain);
        }
        catch (JournalDamageException e)
        {
            error = new(VerificationErrorKind.ArchiveRecord, Path.GetFileName(e.File), place.Number, e.Offset, place.Base, e.What, e.Expected,
                e.Found);
            _previous = null;
        }

        file?.Dispose();
        Add(error);
        _results.Add(new SegmentResult(place.Number, place.Name, place.Base, 0, 0, 0, IsSealed: true));
        ForgetRevisions();
        return null;
    }

    private SegmentHeader? ReadHeader(IJournalFile file, in SegmentPlace place)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
        int read = file.ReadAt(bytes, 0);
        try
        {
            return SegmentHeader.Read(bytes[..read], place.Name, place.Number, place.Base);
        }
        catch (JournalDamageException e)
        {
            Add(new VerificationError(VerificationErrorKind.Header, place.Name, place.Number, 0, place.Base, e.What, e.Expected,
                e.Found));
        }
        catch (EventStoreException e) when (e.Kind == EventStoreErrorKind.UnknownFormat)
        {
            Add(new VerificationError(VerificationErrorKind.UnknownFormat, place.Name, place.Number, 0, place.Base,
                "format of the segment", $"version 1 to {SegmentHeader.VersionMax}", e.Message));
        }

        return null;
    }

    private void CheckHeader(SegmentHeader header, in SegmentPlace place, Guid storeId)
    {
        SegmentHeader expected = ExpectedHeader(header, place, storeId);
        if (header == expected) return;
        Add(new VerificationError(VerificationErrorKind.Header, place.Name, place.Number, 0, place.Base, "segment header",
            $"{expected}", $"{header}"));
    }

    // As far as the segment before it, or there being none, says what it must be.
    private SegmentHeader ExpectedHeader(in SegmentHeader header, in SegmentPlace place, Guid storeId)
    {
        SegmentHeader expected = place.Number == 1
            ? new SegmentHeader(storeId, 1, 0, 0, 0)
            : new SegmentHeader(storeId, place.Number, place.Base, header.PreviousLength, header.PreviousChain);
        if (_previous is { } previous)
            expected = expected with
            {
                BasePosition = previous.End,
                PreviousLength = previous.Length,
                PreviousChain = previous.Chain,
            };
        return expected with { Version = header.Version };
    }

    private void FinishSegment()
    {
        if (_last is not { } finished) return;
        _last = null;
        Advance(finished.BytesRead);
        _results.Add(finished.Result);
        Appends += finished.Appends;
        _previous = finished.Summary;
        if (_previous is null) ForgetRevisions();
        finished.Release();
        finished.Dispose();
    }
}
