using System.Buffers.Binary;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Tables;
using Interstice.Kernel.Tests.Tables;
using static Interstice.Kernel.Tests.Tables.TestTable;

namespace Interstice.Kernel.Tests.Mutations;

public sealed class OverlayScanTests
{
    private readonly ModuleState _state = NewState();
    private readonly MutationOverlay _overlay;

    public OverlayScanTests()
    {
        for (ulong id = 2; id <= 20; id += 2) _state.GetTable(Notes).Insert(Note(id, "committed"));
        _overlay = new MutationOverlay(_state);
        _overlay.Begin();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_scan_shows_the_rows_as_they_were_when_it_was_opened(bool descending)
    {
        _overlay.Insert(Notes, Note(5, "own"), out _);
        _overlay.Delete(Notes, Key(8));
        _overlay.Update(Notes, Note(10, "own"));
        OverlayScan scan = _overlay.Scan(Notes, 0, KeyRange.All, descending);
        string[] expected = ["2", "4", "5 own", "6", "10 own", "12", "14", "16", "18", "20"];
        if (descending) Array.Reverse(expected);
        var found = new List<string>();
        while (scan.MoveNext())
        {
            found.Add(Describe(scan.Current));
            // Whatever happens meanwhile, on both sides of the cursor, is not to be seen.
            ulong at = (ulong)found.Count;
            _overlay.Insert(Notes, Note(100 + at, "late"), out _);
            _overlay.Insert(Notes, Note(1, "late"), out _);
            _overlay.Update(Notes, Note(5, "late"));
            _overlay.Delete(Notes, Key(2 * at));
            _overlay.Delete(Notes, Key(22 - (2 * at)));
            _overlay.Insert(Notes, Note(8, "late"), out _);
        }

        found.ShouldBe(expected);
    }

    [Fact]
    public void A_row_whose_index_key_changes_is_shown_once_where_the_scan_saw_it()
    {
        _state.GetTable(People).Insert(Person(1, "a@x", "b"));
        _overlay.Update(People, Person(1, "a@x", "d"));
        OverlayScan before = _overlay.Scan(People, ByName, KeyRange.All, descending: false);
        _overlay.Update(People, Person(1, "a@x", "z"));
        OverlayScan after = _overlay.Scan(People, ByName, KeyRange.All, descending: false);
        _overlay.Update(People, Person(1, "a@x", "d"));
        Names(before).ShouldBe(["d"]);
        Names(after).ShouldBe(["z"]);
        Names(_overlay.Scan(People, ByName, KeyRange.All, descending: false)).ShouldBe(["d"]);
    }

    [Fact]
    public void Scans_opened_since_a_savepoint_close_with_it_and_earlier_ones_go_on()
    {
        _overlay.Insert(Notes, Note(3, "own"), out _);
        OverlayScan early = _overlay.Scan(Notes, 0, KeyRange.Prefix(Key(3)), false);
        Savepoint savepoint = _overlay.CreateSavepoint();
        _overlay.Update(Notes, Note(3, "late"));
        OverlayScan late = _overlay.Scan(Notes, 0, KeyRange.All, false);
        late.MoveNext().ShouldBeTrue();
        _overlay.RollbackTo(savepoint);
        Should.Throw<ObjectDisposedException>(() => late.MoveNext());
        early.MoveNext().ShouldBeTrue();
        Describe(early.Current).ShouldBe("3 own");
        early.MoveNext().ShouldBeFalse();
    }

    // Goal: no trap for transactions that write a lot and scan in between. Method: 100,000 writes with a scan of a short range
    // every 100 and one long scan open all the time; a scan that copied or walked the transaction would take hours.
    [Fact]
    public void Many_writes_with_scans_in_between_stay_cheap()
    {
        OverlayScan whole = _overlay.Scan(Notes, 0, KeyRange.All, false);
        int seen = 0;
        for (ulong id = 101; id <= 100_100; id++)
        {
            _overlay.Insert(Notes, Note(id, "own"), out _).IsDone.ShouldBeTrue();
            if (id % 100 != 0) continue;
            using OverlayScan scan = _overlay.Scan(Notes, 0, new KeyRange(Key(id - 9), false, [], false), false);
            int found = 0;
            while (scan.MoveNext()) found++;
            found.ShouldBe(10);
            seen += whole.MoveNext() ? 1 : 0;
        }

        seen.ShouldBe(10);
        _overlay.Count(Notes).ShouldBe(100_010);
        _overlay.Freeze().Count.ShouldBe(100_000);
    }

    [Fact]
    public void A_scan_is_used_again_after_it_was_closed()
    {
        OverlayScan first = _overlay.Scan(Notes, 0, KeyRange.All, false);
        first.Dispose();
        first.Dispose();
        _overlay.Scan(Notes, 0, KeyRange.All, true).ShouldBeSameAs(first);
        _overlay.Scan(Notes, 0, KeyRange.All, true).ShouldNotBeSameAs(first);
        _overlay.Begin();
        Should.Throw<ObjectDisposedException>(() => first.MoveNext());
    }

    private static string Describe(ReadOnlySpan<byte> row)
    {
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(row);
        string text = System.Text.Encoding.UTF8.GetString(row[12..]);
        return text == "committed" ? $"{id}" : $"{id} {text}";
    }

    private static List<string> Names(OverlayScan scan)
    {
        var names = new List<string>();
        while (scan.MoveNext()) names.Add(System.Text.Encoding.UTF8.GetString(scan.Current[^1..]));
        return names;
    }
}
