using Interstice.Host.Commands;
using Interstice.Host.Following;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Following the host that owns the module, and what a loop has done beside its thread: it follows or it claims, one after the
/// other.</summary>
internal sealed partial class ModuleLoop
{
    private readonly CancellationTokenSource _errandCancelled = new();
    private Task _errand = Task.CompletedTask;
    private CancellationTokenSource _takeOver = new();
    private TaskCompletionSource _roleChange = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OwnerHeartbeat? _heartbeat;
    private OwnerHeartbeat? _doubt;
    private string? _broken;
    private string? _unanswered;
    private ulong _epochOfRole;

    /// <summary>Ends when the role changes. Read it before <see cref="Standing"/>.</summary>
    public Task RoleChange => Volatile.Read(ref _roleChange).Task;

    /// <summary>Epoch of the stream when the role began.</summary>
    public ulong EpochOfRole => Volatile.Read(ref _epochOfRole);

    /// <summary>Whether the thread has ended.</summary>
    public bool HasEnded => _ended;

    /// <summary>Whether orders are cancelled, and what the loop has done beside its thread: it ends.</summary>
    public bool GivesUp => _ended || _errandCancelled.IsCancellationRequested;

    /// <summary>Begins to read what the owner writes. Called once, of a loop that was made to follow.</summary>
    public bool Follow()
    {
        if (Standing.Role != ModuleRole.Following || _stopping) return false;
        Pursue(claims: false);
        return true;
    }

    /// <summary>Stops following and claims the module, unless somebody else took it since it was decided.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="epoch">Highest epoch that was known then.</param>
    public bool TakeOver(string reason, ulong epoch)
    {
        if (Standing.Role != ModuleRole.Following || Projection.Epoch > epoch || _stopping) return false;
        _attemptsFailed = 0;
        _resolvingSince = _time.GetTimestamp();
        Stand(ModuleRole.Resolving, reason);
        _takeOver.Cancel();
        return true;
    }

    /// <summary>Another host says that it owns the module: the stream is asked, as soon as nothing is in flight. An append that another host
    /// came before finds it out by itself.</summary>
    public bool Doubt(OwnerHeartbeat other)
    {
        _doubt = other;
        return ActOnDoubt();
    }

    private bool ActOnDoubt()
    {
        if (_doubt is not { } other) return false;
        bool isOpen = _isOwner && other.Epoch > Projection.Epoch;
        if (isOpen && (!_pipeline.IsDrained || _group!.Joint is { IsDrained: false } || _appendFailed || _stopping)) return false;
        _doubt = null;
        if (isOpen) BeginResolving($"module {Projection.Module}: host {other.Host} says that it owns it, with epoch {other.Epoch}");
        return isOpen;
    }

    /// <summary>Takes note of a heartbeat.</summary>
    /// <returns>False for one of an epoch that is over, which says nothing.</returns>
    public bool Notice(OwnerHeartbeat heartbeat)
    {
        if (heartbeat.Epoch < Projection.Epoch) return false;
        _heartbeat = heartbeat;
        _unanswered = null;
        RefreshFollowing();
        return true;
    }

    /// <summary>The store does not answer who listens for the owner, or does again.</summary>
    /// <param name="unanswered">How it does not; null when it does.</param>
    public bool ReportStore(string? unanswered)
    {
        if (_unanswered == unanswered) return false;
        _unanswered = unanswered;
        RefreshFollowing();
        return true;
    }

    /// <summary>Cancelled when following ends.</summary>
    public CancellationToken TakesOver => Volatile.Read(ref _takeOver).Token;

    /// <summary>Where the stream is to be followed from. What was read of an unfinished transaction is read again.</summary>
    public Revision PrepareFeed()
    {
        _incoming.Forget();
        return Projection.Revision;
    }

    /// <summary>The owner is followed, or cannot be, for a reason of the store's.</summary>
    public bool ReportFeed(string? broken)
    {
        if (Standing.Role != ModuleRole.Following) return false;
        _attemptsFailed = broken is null ? 0 : _attemptsFailed + 1;
        if (broken is not null && (_attemptsFailed & (_attemptsFailed - 1)) == 0) LogFeedBroken(Projection.Module, _attemptsFailed, broken);
        _broken = broken;
        RefreshFollowing();
        return true;
    }

    private void StandFollowing()
    {
        _attemptsFailed = 0;
        _broken = _unanswered = null;
        Volatile.Write(ref _takeOver, new CancellationTokenSource());
        Stand(ModuleRole.Following, DescribeOwner());
        RefreshFollowing();
    }

    // The same role, told anew.
    private void RefreshFollowing()
    {
        if (Standing.Role != ModuleRole.Following) return;
        string reason = DescribeOwner();
        string? broken = _broken ?? _unanswered;
        if (broken is not null) reason += $"; what it does is not seen now, since the store does not answer ({broken})";
        int failed = Math.Max(_attemptsFailed, broken is null ? 0 : 1);
        Volatile.Write(ref _standing, Standing with { Reason = reason, FailedAttempts = failed, Owner = FindOwner() });
    }

    private string DescribeOwner() => FindOwner() is { } owner
        ? $"module {Projection.Module}: {owner} owns it since epoch {owner.Epoch}; nothing was committed here, call it there or try again"
        : $"module {Projection.Module}: this host follows, and no owner is known; nothing was committed here, try again";

    private ModuleOwner? FindOwner()
    {
        if (_heartbeat is { } seen && seen.Host != _identity.Host && seen.Epoch >= Projection.Epoch)
            return new(seen.Host, seen.Epoch, seen.Name, seen.Url);
        return Projection.Owner is { } owner && owner != _identity.Host ? new(owner, Projection.Epoch, "", "") : null;
    }

    private void Stand(ModuleRole role, string? reason)
    {
        Volatile.Write(ref _standing, new(Projection.Module, role, reason, _time.GetUtcNow(), 0));
        Volatile.Write(ref _epochOfRole, Projection.Epoch);
        _isOwner = role == ModuleRole.Owner;
        BeginDuties();
        Interlocked.Exchange(ref _roleChange, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        _group?.TellRoles();
    }

    private void Pursue(bool claims)
    {
        Task before = _errand;
        _errand = Task.Run(() => PursueAsync(before, claims));
    }

    private async Task PursueAsync(Task before, bool claims)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            CancellationToken ends = _errandCancelled.Token;
            var intake = new StreamIntake(this, _find);
            while (true)
            {
                if (claims)
                {
                    ClaimEnd end = await new OwnershipClaim(this, _store, intake, _time).RunAsync(ends).ConfigureAwait(false);
                    if (end != ClaimEnd.Lost) return;
                }

                claims = await new StreamFeed(this, _store, intake, _time).RunAsync(ends).ConfigureAwait(false);
                if (!claims) return;
            }
        }
        catch (OperationCanceledException) when (GivesUp)
        {
            // The host stops, and the loop has told who waits.
        }
        catch (Exception fault)
        {
            // A defect of the host or of the store's adapter: nothing is known, and nobody may wait for ever.
            LogFailed(fault, Projection.Module);
            Task told = OnLoopAsync(() => FailClaim(fault.Message));
            await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "module {Module}: its owner cannot be followed after {Attempts} attempts: {Reason}; queries are answered with what was seen")]
    private partial void LogFeedBroken(string module, int attempts, string reason);
}
