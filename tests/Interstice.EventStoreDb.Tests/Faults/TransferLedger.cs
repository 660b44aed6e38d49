using Interstice.Host.Commands;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Tables;

namespace Interstice.EventStoreDb.Tests.Faults;

/// <summary>What clients of a bank were told, and whether its stream says the same. Each transfer has an amount of its own, by which it is
/// known again.</summary>
internal sealed class TransferLedger
{
    private const int TriesMax = 2000;
    private const int AmountOffset = 3 * sizeof(ulong);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Revision?> _told = [];
    private long _lastAmount;

    /// <summary>How many transfers were told to try again.</summary>
    internal int TimesRefused { get; private set; }

    /// <summary>How many transfers may or may not be committed.</summary>
    internal int TimesUnknown { get; private set; }

    /// <summary>Transfers between the first two accounts, and tries again while it is told to, as a client does.</summary>
    internal async Task TransferAsync(Func<HostedBank> bank, CancellationToken cancellationToken)
    {
        long amount = Interlocked.Increment(ref _lastAmount);
        for (int tries = 1; ; tries++)
        {
            switch (await bank().TryTransferAsync(1 + ((ulong)amount % 2), 2 - ((ulong)amount % 2), amount))
            {
                case CallOutcome.Committed committed:
                    lock (_lock) _told.Add(amount, committed.Revision);
                    return;
                case CallOutcome.Unknown:
                    lock (_lock) _told.Add(amount, null);
                    lock (_lock) TimesUnknown++;
                    return;
                case CallOutcome.Refused refused when tries < TriesMax:
                    lock (_lock) TimesRefused++;
                    if (refused.Kind != CallRefusal.NotCommitted) await Task.Delay(Pause, cancellationToken);
                    break;
                case var outcome:
                    throw new InvalidOperationException($"transfer {amount}, try {tries}: {outcome}");
            }
        }
    }

    /// <summary>Replays the bank from its first event, every hash compared, and holds it against what clients were told.</summary>
    /// <param name="truth">Its stream, read past all that may break.</param>
    /// <param name="hash">The host's state hash when nothing was under way.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    internal async Task AuditAsync(IEventStore truth, StateHash hash, CancellationToken cancellationToken)
    {
        var projection = new ModuleProjection(HostedBank.Module) { ComparesEveryHash = true };
        await ModuleReplay.RunAsync(truth, projection, null, TimeProvider.System, null, cancellationToken);
        projection.StateHash.ShouldBe(hash, "the host's state is that of its stream");
        Dictionary<long, int> times = TransfersIn(projection.State!.FindTable("transfers")!);
        foreach ((long amount, Revision? revision) in _told)
        {
            int found = times.GetValueOrDefault(amount);
            if (revision is { } at) found.ShouldBe(1, $"transfer {amount} was said to be committed at revision {at}");
            else found.ShouldBeLessThan(2, $"transfer {amount} stands twice");
            times.Remove(amount);
        }

        times.ShouldBeEmpty("nothing is there that no client was told of");
        Revision[] revisions = [.. _told.Values.OfType<Revision>()];
        revisions.Distinct().Count().ShouldBe(revisions.Length, "no two transfers end at one revision");
    }

    private static Dictionary<long, int> TransfersIn(Table transfers)
    {
        Dictionary<long, int> times = [];
        foreach (ReadOnlySpan<byte> row in transfers.Scan(0, KeyRange.All, descending: false))
        {
            // Those from an account: what was paid in when it was opened is no transfer of a client.
            if (BitConverter.ToUInt64(row[sizeof(ulong)..]) == 0) continue;
            long amount = BitConverter.ToInt64(row[AmountOffset..]);
            times[amount] = times.GetValueOrDefault(amount) + 1;
        }

        return times;
    }
}
