using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Completing a transaction over several modules that is committed, and of which a part misses: before anything else of the group runs,
/// by whoever owns all of it.</summary>
internal sealed partial class ModuleLoop
{
    private Task _completing = Task.CompletedTask;
    private bool _isCompleting;
    private int _completionsFailed;
    private string? _incompleteReason;
    private (string Module, Revision At)? _missing;

    /// <summary>Has the transaction completed that the stream ends with, if that is in doubt and this host owns the whole group.</summary>
    public void BeginCompletion()
    {
        if (!_isOwner && _promised.Count > 0) KeepOldPromises();
        if (!Projection.HasCommitPoint || !_isOwner || _stopping || _isCompleting) return;
        foreach (ModuleLoop other in _group!.Loops)
        {
            ModuleRole role = other.Standing.Role;
            if (role == ModuleRole.Owner) continue;

            // Somebody else completes it then, or nobody can; or the store does not say who owns it.
            if (role != ModuleRole.Resolving) KeepPromises();
            else KeepOldPromises();
            return;
        }

        // It comes with its publication; until then nothing can be done.
        if (_missing is { } missing && missing.At == Projection.CommitPoint && FindInGroup(missing.Module) is null) return;
        _missing = null;
        _isCompleting = true;
        _completionsFailed = 0;
        _incompleteReason = null;
        _completing = Task.Run(CompleteAsync);
    }

    /// <summary>The loop of a module in the group, or null. An order.</summary>
    public ModuleLoop? FindInGroup(string module) => _group!.Find(module);

    /// <summary>Every module has its part.</summary>
    public bool CloseCommitPoint()
    {
        Projection.CloseGroup();
        _incompleteReason = null;
        KeepPromises();
        foreach (ModuleLoop loop in _group!.Loops) loop.ReleaseHeld();
        return true;
    }

    /// <summary>A part could not be appended now.</summary>
    public bool ReportIncomplete(string reason)
    {
        _completionsFailed++;
        if ((_completionsFailed & (_completionsFailed - 1)) == 0) LogNotCompleted(Projection.Module, _completionsFailed, reason);
        _incompleteReason = reason;
        KeepOldPromises();
        foreach (ModuleLoop loop in _group!.Loops) loop.ReleaseHeld();
        return true;
    }

    /// <summary>Where a part would be appended: the end of the stream. Null when the host cannot say that now; it finds out by itself, and the
    /// completion is begun again.</summary>
    public Revision? PrepareCompletion()
    {
        if (Standing.Role != ModuleRole.Owner || _stopping) return null;
        if (!_pipeline.IsDrained || _appendFailed)
            throw new EventStoreException(EventStoreErrorKind.Unavailable, $"module {Projection.Module}: appends are in flight");
        if (_owns && !Projection.IsLastVoid) return Projection.Revision;
        BeginResolving($"module {Projection.Module}: ownership is taken before a transaction is completed");
        return null;
    }

    /// <summary>Another host may have been quicker, or an older append came late: the stream is asked.</summary>
    /// <param name="at">Where the part was to be appended.</param>
    public bool DoubtCompletion(Revision at)
    {
        if (Standing.Role != ModuleRole.Owner || Projection.Revision != at || !_pipeline.IsDrained || _appendFailed) return false;
        BeginResolving($"module {Projection.Module}: its stream does not stand at revision {at}, where a transaction was to be completed");
        return true;
    }

    /// <summary>Applies a part that was appended, unless the role or the revision is not what it was then: whoever changed them has read the
    /// stream, or will.</summary>
    /// <param name="part">All events of the part.</param>
    /// <param name="at">Where it was appended.</param>
    public bool AdoptPart(ReadOnlyMemory<RecordedEvent> part, Revision at)
    {
        if (Standing.Role != ModuleRole.Owner || Projection.Revision != at) return false;
        _incoming.Forget();
        try
        {
            Adopt(part, null);
            return true;
        }
        catch (ReplayException fault)
        {
            // The stream of this module is wrong, whichever module has the commit point.
            Fail(fault);
            return false;
        }
    }

    /// <summary>The events of a part as they are to stand behind the last revision of the stream.</summary>
    /// <param name="part">The part.</param>
    /// <param name="id">Its transaction.</param>
    /// <param name="at">That revision.</param>
    /// <returns>Null when the stream does not stand there any more.</returns>
    public EventData[]? MakePart(GroupPart part, TransactionId id, Revision at)
    {
        if (Standing.Role != ModuleRole.Owner || Projection.Revision != at) return null;
        byte[] record = part.RecordFor(_identity.Host, Projection.Epoch);
        EventChain links = Projection.Links;
        ChainValue before = links.Value;
        links.Begin(at.Next);
        for (int i = 0; i < part.Events.Length; i++)
            links.Add(id.EventIdIn(part.Number, i), part.Events[i].Type, isJson: false, part.Events[i].Data.Span, i == 0 ? record : default);
        ChainValue after = links.End();
        links.MoveTo(before);
        byte[] metadata = [.. record, .. new byte[ChainValue.Bytes]];
        after.Write(metadata.AsSpan(record.Length));
        return
        [
            .. part.Events.Select((each, i) => new EventData(
                id.EventIdIn(part.Number, i), each.Type, IsJson: false, each.Data, i == 0 ? metadata : default(ReadOnlyMemory<byte>))),
        ];
    }

    // A call of the group waits until the transaction before it is complete, and no longer than the store answers.
    private void HoldForCompletion(LoopWork work, ModuleLoop outer)
    {
        outer.BeginCompletion();
        string reason = $"module {Projection.Module}: a transaction that began in module {outer.Projection.Module} is committed and being completed";
        if (outer._incompleteReason is { } fault)
            work.Refuse(CallRefusal.Unavailable, $"{reason}, which does not succeed ({fault}); nothing was changed, try again later");
        else
            HoldForGroup(work, reason);
    }

    private async Task CompleteAsync()
    {
        var completion = new GroupCompletion(this, _store, _time);
        try
        {
            string? missing = await completion.RunAsync(_errandCancelled.Token).ConfigureAwait(false);
            await OnLoopAsync(() => EndCompletion(missing)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (GivesUp || completion.Part is { GivesUp: true })
        {
            // The host stops, or a loop has ended.
        }
        catch (Exception fault)
        {
            // A defect of the host or of the store's adapter: nothing of the group may run before the transaction is complete.
            LogFailed(fault, Projection.Module);
            Task told = OnLoopAsync(() => FailClaim(fault.Message));
            await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Roles may have changed, or the module may have come, while it came to its end.
    private bool EndCompletion(string? missing)
    {
        _isCompleting = false;
        if (missing is null || FindInGroup(missing) is not null)
        {
            BeginCompletion();
            return true;
        }

        // Its publication may wait for what is held here: nothing is held for it.
        _missing = (missing, Projection.CommitPoint);
        return ReportIncomplete($"module {missing}, which has a part of it, is not here yet");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "module {Module}: its last transaction goes over several modules and is not completed after {Attempts} attempts: {Reason}")]
    private partial void LogNotCompleted(string module, int attempts, string reason);
}
