using Interstice.Host.Following;
using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Ownership;

/// <summary>Appends <see cref="OwnershipTaken"/> at the last known revision, reading forward after each refusal, until it is accepted or
/// another host's epoch is found (docs/semantics.md, Appending in a pipeline).</summary>
/// <remarks>Runs beside the loop and changes nothing by itself: what it reads is applied on the loop's thread. A store that does not answer
/// is asked again after pauses that double from <see cref="PauseMin"/> to <see cref="PauseMax"/>, until the claim is cancelled.</remarks>
/// <param name="loop">The module's loop, with nothing in flight.</param>
/// <param name="store">The store.</param>
/// <param name="intake">Takes what is read.</param>
/// <param name="time">Measures the pauses.</param>
internal sealed class OwnershipClaim(ModuleLoop loop, IEventStore store, StreamIntake intake, TimeProvider time)
{
    /// <summary>The first pause.</summary>
    public static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private readonly StreamName _stream = StreamNames.Module(loop.Projection.Module);

    /// <summary>Claims.</summary>
    /// <param name="cancellationToken">Gives up; an append that was sent may still be accepted, which does no harm.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<ClaimEnd> RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause = PauseMin;

        // Somebody else may have been quicker, and followed already; or an earlier claim of this host arrived after all.
        ulong epochBefore = await loop.OnLoopAsync(() => loop.EpochOfRole).ConfigureAwait(false);
        ClaimEnd known = await loop.OnLoopAsync(() => loop.JudgeClaim(epochBefore)).ConfigureAwait(false);
        if (known != ClaimEnd.Open) return known;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string reason;
            try
            {
                ClaimAttempt attempt = await loop.OnLoopAsync(loop.PrepareClaim).ConfigureAwait(false);
                ClaimEnd end = await TryAsync(attempt, epochBefore, cancellationToken).ConfigureAwait(false);
                if (end != ClaimEnd.Open) return end;
                Revision revision = await loop.OnLoopAsync(() => loop.Projection.Revision).ConfigureAwait(false);
                if (revision > attempt.At)
                {
                    pause = PauseMin;
                    continue;
                }

                reason = $"the store says that stream {_stream} does not stand at revision {attempt.At}, and has nothing behind it";
            }
            catch (EventStoreException fault)
            {
                reason = fault.Message;
            }
            catch (ReplayException fault)
            {
                await loop.OnLoopAsync(() => loop.Fail(fault)).ConfigureAwait(false);
                return ClaimEnd.Failed;
            }

            await loop.OnLoopAsync(() => loop.ReportFailedAttempt(reason)).ConfigureAwait(false);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < PauseMax ? pause * 2 : PauseMax;
        }
    }

    private async Task<ClaimEnd> TryAsync(ClaimAttempt attempt, ulong epochBefore, CancellationToken cancellationToken)
    {
        AppendResult result = await store
            .AppendAsync(_stream, ExpectedRevision.At(attempt.At), attempt.Events, cancellationToken)
            .ConfigureAwait(false);
        if (result is AppendResult.Appended appended)
        {
            await loop.OnLoopAsync(() => loop.AcceptClaim(attempt, appended)).ConfigureAwait(false);
            return ClaimEnd.Owned;
        }

        await foreach (ReadOnlyMemory<RecordedEvent> batch in store
            .ReadStreamAsync(_stream, ReadDirection.Forwards, attempt.At.Next, long.MaxValue, cancellationToken)
            .ConfigureAwait(false))
        {
            await intake.AdoptAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        return await loop.OnLoopAsync(() => loop.JudgeClaim(epochBefore)).ConfigureAwait(false);
    }
}
