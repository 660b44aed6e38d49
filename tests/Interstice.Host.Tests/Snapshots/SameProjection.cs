using Interstice.Host.Projections;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Tests.Snapshots;

/// <summary>Compares everything that two projections know.</summary>
internal static class SameProjection
{
    public static void ShouldBeSame(this ModuleProjection actual, ModuleProjection expected)
    {
        actual.Module.ShouldBe(expected.Module);
        actual.Revision.ShouldBe(expected.Revision);
        actual.Epoch.ShouldBe(expected.Epoch);
        actual.TransactionCount.ShouldBe(expected.TransactionCount);
        actual.RecordedHash.ShouldBe(expected.RecordedHash);
        actual.ReplayedTransactionAt.ShouldBe(expected.ReplayedTransactionAt);
        actual.StateHash.ShouldBe(expected.StateHash);
        actual.Chain.ShouldBe(expected.Chain);
        actual.IsChained.ShouldBe(expected.IsChained);
        actual.PublishedAt.ShouldBe(expected.PublishedAt);
        actual.IsInTransaction.ShouldBe(expected.IsInTransaction);
        Keys(actual).ShouldBe(Keys(expected));
        (actual.Published is null).ShouldBe(expected.Published is null);
        if (expected.Published is null) return;
        actual.Published!.ToBytes().ShouldBe(expected.Published.ToBytes());
        actual.Schema!.ToBytes().ShouldBe(expected.Schema!.ToBytes());
        for (int i = 0; i < expected.State!.Tables.Length; i++) ShouldBeSame(actual.State!.GetTable(i), expected.State.GetTable(i));
    }

    private static void ShouldBeSame(Table actual, Table expected)
    {
        if (expected.Schema.PrimaryKey is null) return;
        actual.Verify();
        actual.Counter.ShouldBe(expected.Counter, expected.Schema.Name);
        actual.Hash.ShouldBe(expected.Hash, expected.Schema.Name);
        actual.PayloadBytes.ShouldBe(expected.PayloadBytes);
        for (int index = 0; index <= expected.Schema.Indexes.Length; index++)
            Rows(actual, index).ShouldBe(Rows(expected, index), expected.Schema.Name);
    }

    private static IEnumerable<string> Keys(ModuleProjection projection) => projection.Keys.All().Select(pair =>
        $"{pair.Key} {pair.Value with { Result = null }} {Convert.ToHexString(pair.Value.Result ?? [])}");

    private static List<string> Rows(Table table, int index)
    {
        List<string> rows = [];
        foreach (ReadOnlySpan<byte> row in table.Scan(index, KeyRange.All, descending: false)) rows.Add(Convert.ToHexString(row));
        return rows;
    }
}
