using System.Globalization;
using Interstice.Journal.Files;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Repair;

/// <summary>Which segments a store has or must have had, from names, headers and the places of the others.</summary>
internal sealed class SlotList
{
    private readonly IJournalFiles _files;
    private readonly Guid _storeId;
    private readonly List<Candidate> _kept = [];

    private SlotList(IJournalFiles files, Guid storeId)
    {
        _files = files;
        _storeId = storeId;
    }

    /// <summary>The places, in order.</summary>
    public List<Slot> Slots { get; } = [];

    /// <summary>Files that call themselves segments and are none of this log.</summary>
    public List<string> Foreign { get; } = [];

    /// <summary>Looks at a directory.</summary>
    /// <exception cref="EventStoreException">A segment belongs to a newer program, or two files claim the same place.</exception>
    public static SlotList Read(IJournalFiles files, Guid storeId)
    {
        SlotList list = new(files, storeId);
        list.Choose();
        list.Place();
        return list;
    }

    /// <summary>The header of a file, null when it cannot be read.</summary>
    /// <exception cref="EventStoreException">It is whole and of a newer version.</exception>
    public static SegmentHeader? HeaderOf(IJournalFiles files, string name)
    {
        try
        {
            using IJournalFile file = files.Open(name, JournalFileMode.Read);
            Span<byte> bytes = stackalloc byte[SegmentHeader.Bytes];
            int read = file.ReadAt(bytes, 0);
            return SegmentHeader.Read(bytes[..read], name, 0, 0);
        }
        catch (JournalDamageException)
        {
            return null;
        }
    }

    private void Choose()
    {
        List<Candidate> candidates = [];
        foreach (string name in _files.List())
        {
            if (SegmentName.TryParse(name, out long number, out ulong basePosition) && number > 0 && (number == 1) == (basePosition == 0))
                candidates.Add(Look(name, number, basePosition));
            else if (SegmentName.IsClaimed(name))
                Foreign.Add(name);
        }

        foreach (IGrouping<long, Candidate> same in candidates.GroupBy(candidate => candidate.Number).OrderBy(group => group.Key))
        {
            List<Candidate> best = [.. same.Where(candidate => candidate.IsTrusted)];
            if (best.Count > 1) throw Ambiguous(best[0].Name, best[1].Name);
            Candidate chosen = best.Count == 1 ? best[0] : same.First();
            _kept.Add(chosen);
            Foreign.AddRange(same.Where(candidate => candidate != chosen).Select(candidate => candidate.Name));
        }

        // A name without a header that agrees is believed only where it lies between those of its neighbours.
        for (int i = _kept.Count - 1; i >= 0; i--)
        {
            if (!_kept[i].IsTrusted && IsOutOfPlace(i))
            {
                Foreign.Add(_kept[i].Name);
                _kept.RemoveAt(i);
            }
        }

        for (int i = 1; i < _kept.Count; i++)
            if (RoomBetween(_kept[i - 1], _kept[i]) < 0) throw Ambiguous(_kept[i - 1].Name, _kept[i].Name);
    }

    private Candidate Look(string name, long number, ulong basePosition)
    {
        SegmentHeader? header = HeaderOf(_files, name);
        bool isTrusted = header is { } read && read.StoreId == _storeId && read.Number == number && read.BasePosition == basePosition;
        return new Candidate(number, basePosition, name, isTrusted, isTrusted ? header!.Value.PreviousLength : -1);
    }

    private bool IsOutOfPlace(int index)
    {
        Candidate candidate = _kept[index];
        Candidate? before = _kept.Take(index).LastOrDefault(other => other.IsTrusted);
        Candidate? after = _kept.Skip(index + 1).FirstOrDefault(other => other.IsTrusted);
        if (before is not null && RoomBetween(before, candidate) < 0) return true;
        if (after is null) return false;
        return RoomBetween(candidate, after) < 0
            || (after.Number == candidate.Number + 1 && candidate.Base + (ulong)after.PreviousLength != after.Base);
    }

    // Bytes to spare between two segments with as many others between them as their numbers say.
    private static long RoomBetween(Candidate first, Candidate second) =>
        second.Base < first.Base ? -1 : (long)(second.Base - first.Base) - Slot.BytesMin * (second.Number - first.Number);

    private void Place()
    {
        long number = 1;
        ulong position = 0;
        for (int i = 0; i < _kept.Count; i++)
        {
            Candidate segment = _kept[i];
            PlaceMissing(number, position, segment);
            Candidate? next = i + 1 < _kept.Count ? _kept[i + 1] : null;
            long? length = next is null ? null : LengthOf(segment, next);
            Slots.Add(new Slot(segment.Number, segment.Base, length, HasFile: true));
            number = segment.Number + 1;
            position = segment.Base + (ulong)(length ?? 0);
        }
    }

    private void PlaceMissing(long number, ulong position, Candidate next)
    {
        for (; number < next.Number; number++)
        {
            bool isLast = number == next.Number - 1;
            long length = isLast ? (long)(next.Base - position) : Slot.BytesMin;
            if (length < Slot.BytesMin) throw Ambiguous(SegmentName.Of(number, position), next.Name);
            Slots.Add(new Slot(number, position, length, HasFile: false));
            position += (ulong)length;
        }
    }

    private long LengthOf(Candidate segment, Candidate next)
    {
        long room = (long)(next.Base - segment.Base);
        long missing = next.Number - segment.Number - 1;
        if (missing == 0) return room;
        if (missing == 1 && next.IsTrusted && next.PreviousLength >= Slot.BytesMin) return room - next.PreviousLength;
        long longest = room - missing * Slot.BytesMin;
        using IJournalFile file = _files.Open(segment.Name, JournalFileMode.Read);
        using FrameScanner scanner = new(file, FrameFormat.Seed(_storeId, segment.Number), SegmentHeader.Bytes);
        while (scanner.MoveNext())
            if (FrameFormat.Kind(scanner.Payload) == FrameKind.Seal) return Math.Min(scanner.NextOffset, longest);
        return Math.Clamp(file.Length, Slot.BytesMin, longest);
    }

    private EventStoreException Ambiguous(string first, string second) => new(EventStoreErrorKind.Damaged,
        string.Create(CultureInfo.InvariantCulture,
            $"the journal {_files.Directory} cannot be repaired: {first} and {second} claim the same place in the log; move the wrong one elsewhere"));

    private sealed record Candidate(long Number, ulong Base, string Name, bool IsTrusted, long PreviousLength);
}
