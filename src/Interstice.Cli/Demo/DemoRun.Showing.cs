using System.Globalization;
using Interstice.Cli.Hosting;
using Interstice.Cli.Inspection;
using Interstice.Cli.Output;
using Interstice.Host.Inspection;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Tables;

namespace Interstice.Cli.Demo;

/// <content>Tables and events for people.</content>
internal sealed partial class DemoRun
{
    private const int RowsShown = 5;

    private async Task ShowTablesAsync(HostSession host)
    {
        _tell.Step("Tables: projections of the log");
        foreach (string name in (string[])["accounts", "transfers"])
        {
            (TextTable rows, long count) = await host.Modules
                .ViewAsync(options.Module, projection => Look(projection, name))
                .ConfigureAwait(false);
            _tell.Say(string.Create(CultureInfo.InvariantCulture, $"{name}: {count:N0} rows, the last {rows.Count}:"));
            _tell.Show(rows);
        }
    }

    private static (TextTable Rows, long Count) Look(ModuleProjection projection, string name)
    {
        Table table = projection.State!.FindTable(name)!;
        TextTable rows = RowList.Text(table.Schema);
        foreach (ReadOnlySpan<byte> row in table.Scan(0, KeyRange.All, descending: true))
        {
            if (rows.Count == RowsShown) break;
            rows.Add(ValueText.OfRow(table.Schema.Row, row));
        }

        return (rows, table.Count);
    }

    private async Task ShowTransactionAsync(IEventStore store)
    {
        Acknowledgement? shown = _phases[^1].Of(0).LastOrDefault(answer => answer.IsCommitted);
        if (shown is not { IsCommitted: true } answer) return;
        _tell.Step("One transaction in the log: the call, and old and new rows");
        StreamName stream = StreamNames.Module(options.Module);
        TransactionRecord? call = await TransactionLookup
            .FindAsync(store, stream, new Revision(answer.Revision), session.Stopping)
            .ConfigureAwait(false);
        if (call is null) return;
        var decoder = new EventDecoder(store);
        decoder.Learn(await Publication.ReadAllAsync(store, null, session.Stopping).ConfigureAwait(false));
        Revision first = new(answer.Revision - call.EventCount + 1);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(stream, ReadDirection.Forwards, first, call.EventCount, session.Stopping)
            .ConfigureAwait(false))
        {
            for (int i = 0; i < batch.Length; i++)
                Show(await decoder.DecodeAsync(batch.Span[i], session.Stopping).ConfigureAwait(false));
        }
    }

    private void Show(LoggedEvent logged)
    {
        if (logged.IsFirst) _tell.Say(EventText.DescribeCall(logged));
        _tell.Say("  " + EventText.DescribeMutation(logged));
    }
}
