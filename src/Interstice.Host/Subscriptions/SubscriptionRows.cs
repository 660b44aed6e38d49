using Interstice.Host.Projections;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;

namespace Interstice.Host.Subscriptions;

/// <summary>Rows of <c>_checkpoints</c> and <c>_parked</c> that belong to subscriptions (docs/formats/system-tables.md).</summary>
internal static class SubscriptionRows
{
    // Errors are for people; what a guest writes into one must not make the row too large for a transaction.
    private const int ErrorLengthMax = 1000;

    /// <summary>Reads the checkpoints of subscriptions, in their order.</summary>
    public static Checkpoint[] Read(ModuleProjection projection, IReadOnlyList<SubscriptionSchema> subscriptions)
    {
        var found = new Checkpoint[subscriptions.Count];
        Array.Fill(found, Checkpoint.None);
        Table table = projection.State!.FindTable(SystemTables.Checkpoints)!;
        foreach (ReadOnlySpan<byte> row in table.Scan(0, default, descending: false))
        {
            var reader = new PayloadReader(row);
            (string source, string operation, string handler) = (reader.String(), reader.String(), reader.String());
            var revision = new Revision(reader.Int64());
            reader.Int64();
            var checkpoint = new Checkpoint(revision, (int)reader.UInt32(), reader.Int64(), reader.String(), IsRecorded: true);
            for (int i = 0; i < found.Length; i++)
            {
                if (subscriptions[i].Source == source && Word(subscriptions[i]) == operation && subscriptions[i].Handler == handler)
                    found[i] = checkpoint;
            }
        }

        return found;
    }

    /// <summary>Writes a checkpoint.</summary>
    public static void Write(MutationOverlay overlay, SubscriptionSchema subscription, in Checkpoint checkpoint, long nowUs)
    {
        using var row = new PayloadWriter();
        row.String(subscription.Source);
        row.String(Word(subscription));
        row.String(subscription.Handler);
        row.Int64(checkpoint.Revision.Value);
        row.Int64(nowUs);
        row.UInt32((uint)checkpoint.Attempts);
        row.Int64(checkpoint.NextUs);
        row.String(Shorten(checkpoint.Error));
        int table = overlay.Schema.FindTable(SystemTables.Checkpoints)!.Number;
        if (!overlay.Update(table, row.Written).IsDone) overlay.Insert(table, row.Written, out _);
    }

    /// <summary>Parks a delivery.</summary>
    /// <param name="overlay">The transaction.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="keepsArguments">Whether the arguments are kept, so that it can be replayed.</param>
    /// <param name="attempts">Attempts that failed.</param>
    /// <param name="reason">Why it is parked.</param>
    /// <param name="nowUs">When.</param>
    public static void Park(
        MutationOverlay overlay,
        SubscriptionSchema subscription,
        Delivery delivery,
        bool keepsArguments,
        int attempts,
        string reason,
        long nowUs)
    {
        using var row = new PayloadWriter();
        new ParkedRow(
            0,
            0,
            $"{subscription.Source} {Word(subscription)} {subscription.Handler}",
            delivery.Revision.Value,
            delivery.Event,
            nowUs,
            0,
            (uint)attempts,
            nowUs,
            subscription.Handler,
            keepsArguments ? delivery.Arguments.ToArray() : [],
            Shorten(reason)).Write(row);
        overlay.Insert(overlay.Schema.FindTable(SystemTables.Parked)!.Number, row.Written, out _);
    }

    private static string Word(SubscriptionSchema subscription) => subscription.Operation.ToString().ToLowerInvariant();

    private static string Shorten(string text)
    {
        if (text.Length <= ErrorLengthMax) return text;
        int end = char.IsHighSurrogate(text[ErrorLengthMax - 1]) ? ErrorLengthMax - 1 : ErrorLengthMax;
        return text[..end] + "…";
    }
}
