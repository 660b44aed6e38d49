using System.Text;
using Interstice.Host.Projections;
using Interstice.Host.Reexecution;
using Interstice.Host.Replay;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Interstice.ManagedEngine;

namespace Interstice.Host.Tests.Models;

/// <content>What is compared.</content>
internal sealed partial class ModelRound
{
    // Rows, counters, timers and what is parked are those of the model.
    private async Task CompareAsync()
    {
        foreach (ModelState module in _world.Modules)
        {
            string why = await _host.Host.ViewAsync(module.Schema.Name, projection => Difference(module, projection));
            if (why.Length > 0) throw new InvalidOperationException(why);
        }

        Sums.Comparisons++;
    }

    private static string Difference(ModelState module, ModuleProjection projection)
    {
        var text = new StringBuilder();
        foreach (ModelRows rows in module.Tables.Where(rows => rows.Table.Kind != ModelKind.Event))
        {
            Table table = projection.State!.FindTable(rows.Table.Name)!;
            string[] found = [.. RowsOf(table).Select(Convert.ToHexStringLower)];
            string[] expected = [.. rows.Ordered(rows.Table.Indexes[0]).Select(row => Convert.ToHexStringLower(row.Bytes))];
            string name = $"{module.Schema.Name}.{rows.Table.Name}";
            foreach (string row in found.Except(expected)) text.AppendLine($"{name} has {row}");
            foreach (string row in expected.Except(found)) text.AppendLine($"{name} lacks {row}");
            if (text.Length == 0 && !found.SequenceEqual(expected)) text.AppendLine($"{name} is in another order");
            if (rows.Table.Counter is not null && table.Counter != (ulong)rows.Counter)
                text.AppendLine($"the counter of {name} is {table.Counter}, expected {rows.Counter}");
        }

        (ulong, long, long, uint)[] timers = [.. RowsOf(projection.State!.FindTable(SystemTables.Timers)!)
            .Select(row => TimerRow.Read(row)).Select(timer => (timer.Id, timer.NextUs, timer.DueUs, timer.Attempts))];
        (ulong, long, long, uint)[] expectedTimers = [.. module.Timers.OrderBy(timer => timer.Id)
            .Select(timer => (timer.Id, timer.NextUs, timer.DueUs, timer.Attempts))];
        if (!timers.SequenceEqual(expectedTimers))
            text.AppendLine($"timers of {module.Schema.Name}: {string.Join(", ", timers)}; expected {string.Join(", ", expectedTimers)}");
        long parked = projection.State.FindTable(SystemTables.Parked)!.Count;
        if (parked != module.Parked) text.AppendLine($"{parked} firings of {module.Schema.Name} are parked, expected {module.Parked}");
        return text.ToString();
    }

    private static List<byte[]> RowsOf(Table table)
    {
        List<byte[]> rows = [];
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: false)) rows.Add(row.ToArray());
        return rows;
    }

    // The log holds what was emitted, in its order; a replay from its beginning gives the same hash, and every call that is run again what it gave.
    private async Task CompareLogAsync()
    {
        await CompareAsync();
        foreach (ModelState module in _world.Modules)
        {
            string name = module.Schema.Name;
            string[] emitted = await EmittedAsync(name);
            emitted.ShouldBe(module.Emitted.Select(found => $"{found.Name} {Convert.ToHexStringLower(found.Payload)}"), $"what {name} emitted");
            var rebuilt = new ModuleProjection(name) { ComparesEveryHash = true };
            await ModuleReplay.RunAsync(_store, rebuilt, null, TimeProvider.System, null, Cancel);
            (StateHash hash, ChainValue chain) = await _host.Host.ViewAsync(name, projection => (projection.StateHash, projection.Chain));
            (rebuilt.StateHash, rebuilt.Chain).ShouldBe((hash, chain), $"the replay of {name}");
            var history = new RecordedHistory(_store, new ManagedModuleEngine(), _snapshots, TimeProvider.System);
            ReexecutionResult again = await history.ReexecuteAsync(name, new(), null, Cancel);
            again.Differences.ShouldBeEmpty($"{name}, run again: {string.Join(Environment.NewLine, again.Differences)}");
            Sums.RunAgain += again.Calls;
        }
    }

    private async Task<string[]> EmittedAsync(string module)
    {
        List<string> emitted = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in _store
            .ReadStreamAsync(StreamNames.Module(module), ReadDirection.Forwards, Revision.First, long.MaxValue, Cancel))
        {
            foreach (RecordedEvent recorded in batch.ToArray().Where(recorded => recorded.Type == EventTypes.EventEmitted))
            {
                RowEvent.Read(recorded.Data.Span, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content);
                emitted.Add($"{Encoding.UTF8.GetString(name)} {Convert.ToHexStringLower(content)}");
            }
        }

        return [.. emitted];
    }
}
