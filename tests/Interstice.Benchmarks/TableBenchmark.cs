using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Benchmarks;

/// <summary>Look-ups, ranges and inserts of the kernel's tables against collections of the runtime that hold rows as objects and keep no
/// hash, no encoding and no undo.</summary>
internal static class TableBenchmark
{
    private const int Rows = 1_000_000;
    private const int RangeRows = 100;

    private static readonly int[] IndexCounts = [0, 1, 3];
    private static readonly string[] NativeMaps = ["Dictionary", "plain B+tree"];
    private static readonly string[] IndexedColumns = ["a", "b", "c"];

    public static Task RunAsync(RunSettings settings, Report report)
    {
        report.Heading($"Tables ({Rows:N0} rows of five numbers, keys in a scattered order; ns each, medians of {settings.Rounds} rounds, lower is better)");
        Dictionary<string, List<double>> times = [];
        for (int round = 0; round < settings.Rounds; round++)
        {
            foreach (int indexes in IndexCounts) Note(times, $"insert, table with {indexes} secondary indexes", () => Insert(indexes));
            Table table = Insert(1);
            var dictionary = new Dictionary<ulong, NativeRow>();
            Note(times, "insert, Dictionary", () => InsertNative(dictionary));
            var sorted = new SortedDictionary<ulong, NativeRow>();
            Note(times, "insert, SortedDictionary (red-black tree)", () => InsertNative(sorted));
            var tree = new PlainTree<NativeRow>();
            Note(times, "insert, plain B+tree", () => InsertNative(tree));
            Note(times, "point look-up, table", () => LookUp(table));
            Note(times, "point look-up, Dictionary", () => LookUp(dictionary));
            Note(times, "point look-up, SortedDictionary", () => LookUp(sorted));
            Note(times, "point look-up, plain B+tree", () => LookUp(tree));
            Note(times, $"row of a range of {RangeRows}, plain B+tree", () => ScanRanges(tree));
            Note(times, $"row of a range of {RangeRows}, table", () => ScanRanges(table, 0, descending: false));
            Note(times, $"row of a range of {RangeRows} against the order, table", () => ScanRanges(table, 0, descending: true));
            Note(times, $"row of a range of {RangeRows} of a secondary index, table", () => ScanRanges(table, 1, descending: false));
        }

        report.Table(["what", "ns"], times.Select(time => (string[])[time.Key, Report.Number(Ratio.MedianOf(time.Value))]));
        string range = $"row of a range of {RangeRows}";
        (string Ours, string Theirs)[] ratios =
        [
            .. IndexCounts.SelectMany(indexes => NativeMaps
                .Select(native => ($"insert, table with {indexes} secondary indexes", $"insert, {native}"))),
            ("point look-up, table", "point look-up, Dictionary"),
            ("point look-up, table", "point look-up, plain B+tree"),
            ($"{range}, table", $"{range}, plain B+tree"),
        ];
        report.Table(["time of one / time of the other, in each round", "median (lowest to highest)"], ratios.Select(ratio =>
            (string[])[$"{ratio.Ours} / {ratio.Theirs}", Ratio.Of(times[ratio.Ours], times[ratio.Theirs]).ToString()]));
        return Task.CompletedTask;
    }

    private static void Note<T>(Dictionary<string, List<double>> times, string name, Func<T> run)
    {
        GC.Collect();
        long started = Stopwatch.GetTimestamp();
        T result = run();
        double nanoseconds = Stopwatch.GetElapsedTime(started).TotalNanoseconds / Rows;
        GC.KeepAlive(result);
        if (!times.TryGetValue(name, out List<double>? known)) times[name] = known = [];
        known.Add(nanoseconds);
    }

    private static Table Insert(int indexes)
    {
        string declared = string.Join(',', IndexedColumns.Take(indexes).Select(name => $$"""{"name":"by_{{name}}","columns":["{{name}}"]}"""));
        string text = """{"module":{"name":"tables","version":"1.0.0","abi":1}}""" + "\n"
            + """{"table":{"name":"t","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"a","type":"u64"},{"name":"b","type":"u64"},{"name":"c","type":"u64"},{"name":"d","type":"u64"}],"indexes":["""
            + declared + "]}}";
        Table table = new ModuleState(ModuleSchema.Parse(Encoding.UTF8.GetBytes(text))).GetTable(0);
        using var writer = new PayloadWriter();
        for (int i = 0; i < Rows; i++)
        {
            NativeRow row = RowOf(i);
            writer.Clear();
            writer.UInt64(row.Id);
            writer.UInt64(row.A);
            writer.UInt64(row.B);
            writer.UInt64(row.C);
            writer.UInt64(row.D);
            table.Release(table.Insert(writer.Written));
        }

        return table;
    }

    private static IDictionary<ulong, NativeRow> InsertNative(IDictionary<ulong, NativeRow> rows)
    {
        for (int i = 0; i < Rows; i++)
        {
            NativeRow row = RowOf(i);
            rows.Add(row.Id, row);
        }

        return rows;
    }

    private static PlainTree<NativeRow> InsertNative(PlainTree<NativeRow> tree)
    {
        for (int i = 0; i < Rows; i++)
        {
            NativeRow row = RowOf(i);
            tree.Add(row.Id, row);
        }

        return tree;
    }

    private static ulong LookUp(PlainTree<NativeRow> tree)
    {
        ulong sum = 0;
        for (int i = 0; i < Rows; i++)
            if (tree.Find(KeyOf(i * 31L % Rows)) is { } row) sum += row.A;
        return sum;
    }

    private static ulong ScanRanges(PlainTree<NativeRow> tree)
    {
        ulong sum = 0;
        for (int i = 0; i < Rows / RangeRows; i++)
        {
            ulong from = (ulong)(i * 7919L % (Rows / RangeRows) * RangeRows);
            tree.Scan(from, from + RangeRows, row => sum += row.A);
        }

        return sum;
    }

    private static ulong LookUp(Table table)
    {
        ulong sum = 0;
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < Rows; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(key, KeyOf(i * 31L % Rows));
            if (table.TryGet(0, key, out ReadOnlySpan<byte> row)) sum += BinaryPrimitives.ReadUInt64LittleEndian(row[8..]);
        }

        return sum;
    }

    private static ulong LookUp(IDictionary<ulong, NativeRow> rows)
    {
        ulong sum = 0;
        for (int i = 0; i < Rows; i++)
            if (rows.TryGetValue(KeyOf(i * 31L % Rows), out NativeRow? row)) sum += row.A;
        return sum;
    }

    // Keys are scattered over the numbers up to the count of rows, each once, and so are the values of the index.
    private static ulong ScanRanges(Table table, int index, bool descending)
    {
        ulong sum = 0;
        Span<byte> lower = stackalloc byte[sizeof(ulong)];
        Span<byte> upper = stackalloc byte[sizeof(ulong)];
        for (int i = 0; i < Rows / RangeRows; i++)
        {
            ulong from = (ulong)(i * 7919L % (Rows / RangeRows) * RangeRows);
            BinaryPrimitives.WriteUInt64BigEndian(lower, from);
            BinaryPrimitives.WriteUInt64BigEndian(upper, from + RangeRows);
            foreach (ReadOnlySpan<byte> row in table.Scan(index, new KeyRange(lower, false, upper, true), descending))
                sum += BinaryPrimitives.ReadUInt64LittleEndian(row[8..]);
        }

        return sum;
    }

    private static NativeRow RowOf(int i) =>
        new(KeyOf(i), (ulong)(i * 104_729L % Rows), (ulong)(i * 7919L % 100_003), (ulong)(i % 1000), (ulong)i);

    private static ulong KeyOf(long i) => (ulong)(i * 611_953L % Rows);

    private sealed record NativeRow(ulong Id, ulong A, ulong B, ulong C, ulong D);
}
