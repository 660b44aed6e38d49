using Interstice.Host.Projections;
using Interstice.Host.Reducers;
using Interstice.Host.Timers;

namespace Interstice.Host.Tests.Models;

/// <content>Timers that are due.</content>
internal sealed partial class ModelRound
{
    private const long Second = 1_000_000;
    private const uint AttemptsMax = 5;

    /// <summary>Fires what is due in the model, and waits until the host has done so.</summary>
    private async Task SettleAsync()
    {
        foreach (string module in Names)
            while (TryFire(module)) Sums.Firings++;
        await _host.CalmAsync(Names);
        foreach (string module in Names)
            await ExpectNothingDueAsync(module);
        await _host.CalmAsync(Names);
    }

    private async Task ExpectNothingDueAsync(string module)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await _host.Host.ViewAsync(module, projection => HasDue(projection, NowUs)))
        {
            patience.IsCancellationRequested.ShouldBeFalse($"a timer of {module} stays due; {_host.Host.StandingOf(module)}");
            await Task.Yield();
        }
    }

    private static bool HasDue(ModuleProjection projection, long nowUs) =>
        SystemRows.TryFindFirstTimer(projection, out ReadOnlySpan<byte> first) && TimerRow.NextOf(first) <= nowUs;

    // Lets time pass until no timer is due so soon that it could come between what follows.
    private async Task GetQuietAsync()
    {
        long quietUs = (long)ModelClock.QuietMax.TotalMicroseconds;
        while (_world.Modules.SelectMany(module => module.Timers).Any(timer => timer.NextUs <= NowUs + quietUs)) await PassAsync(30);
        _clock.BeginQuiet();
    }

    private bool TryFire(string module)
    {
        long nowUs = NowUs;
        ModelTimer? timer = _world.Find(module).Timers.OrderBy(found => found.NextUs).ThenBy(found => found.Id).FirstOrDefault();
        if (timer is null || timer.NextUs > nowUs) return false;
        long ticks = timer.IntervalUs == 0 || timer.FiresEach || _bug == ModelBug.MissedTicksFireEach || nowUs < timer.DueUs
            ? 1
            : 1 + ((nowUs - timer.DueUs) / timer.IntervalUs);
        byte[] firing =
        [
            .. BitConverter.GetBytes(timer.Id), .. BitConverter.GetBytes(timer.DueUs), .. BitConverter.GetBytes(ticks),
            .. BitConverter.GetBytes(timer.Attempts + 1),
        ];
        var transaction = new ModelTransaction(Replaced(_world, module, timer, Behind(timer, ticks)), _bug, nowUs, HostIdentity.Value) { Firing = firing };
        if (transaction.Run(module, timer.Steps) is ModelEnd.Returned)
        {
            _world = transaction.World;
            return true;
        }

        bool isLast = timer.Attempts + 1 == AttemptsMax;
        _world = Replaced(_world, module, timer, isLast
            ? Behind(timer, ticks)
            : timer with { Attempts = timer.Attempts + 1, NextUs = nowUs + (Second << (int)timer.Attempts) });
        if (isLast) _world.Find(module).Parked++;
        Sums.FailedFirings++;
        return true;
    }

    private static ModelTimer? Behind(ModelTimer timer, long ticks)
    {
        long due = timer.DueUs + (ticks * timer.IntervalUs);
        return timer.IntervalUs == 0 ? null : timer with { DueUs = due, NextUs = due, Attempts = 0 };
    }

    private static ModelWorld Replaced(ModelWorld world, string module, ModelTimer timer, ModelTimer? next)
    {
        ModelWorld copy = world.Copy();
        List<ModelTimer> timers = copy.Find(module).Timers;
        timers.Remove(timer);
        if (next is not null) timers.Add(next);
        return copy;
    }
}
