using Interstice.Kernel.Expressions;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Tests.Tables;

public sealed class ViewScanTests
{
    // Goal: whoever looks at a host's tables reads rows where they lie, filters included.
    [Fact]
    public async Task A_look_that_scans_with_a_condition_allocates_nothing_for_its_rows()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        ScriptedHost module = await ScriptedHost.PublishAsync(
            host, """{"table":{"name":"t","columns":[{"name":"id","type":"u32","primaryKey":true},{"name":"v","type":"string"}]}}""");
        using var script = new Script();
        for (int i = 0; i < 500; i++) script.Insert("t", module.Row("t", $$"""{"id":{{i}},"v":"text {{i % 7}}"}"""));
        await module.RunAsync(script);
        RowExpression where = RowExpression.Compile("v like '%3' and id >= 10", module.Schema.FindTable("t")!);

        (int found, long allocated) = await module.ViewAsync(projection =>
        {
            Table table = projection.State!.FindTable("t")!;
            Count(table, where);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int count = Count(table, where);
            return (count, GC.GetAllocatedBytesForCurrentThread() - before);
        });

        found.ShouldBe(Enumerable.Range(10, 490).Count(i => i % 7 == 3));
        allocated.ShouldBe(0);
    }

    private static int Count(Table table, RowExpression where)
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: false))
            if (where.Matches(row)) count++;
        return count;
    }
}
