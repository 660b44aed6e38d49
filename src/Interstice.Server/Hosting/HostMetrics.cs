using System.Diagnostics.Metrics;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Replay;
using Interstice.Host.Subscriptions;
using Interstice.Server.Http;

namespace Interstice.Server.Hosting;

/// <summary>What a host does, as gauges that are read when somebody collects (docs/telemetry.md).</summary>
internal sealed class HostMetrics : IDisposable
{
    private readonly Meter _meter = new(HostTelemetry.Name);
    private readonly ModuleHost _host;
    private readonly HostState _state;

    /// <summary>Makes the gauges.</summary>
    public HostMetrics(ModuleHost host, HostState state, RequestBounds bounds)
    {
        _host = host;
        _state = state;
        _meter.CreateObservableGauge("interstice.host.phase", Phase, null, "1 for what the host does");
        _meter.CreateObservableGauge("interstice.module.role", Roles, null, "1 for what the host is to the module");
        _meter.CreateObservableGauge("interstice.module.available", Available, null, "1 when the module takes work, else 0");
        _meter.CreateObservableGauge("interstice.module.waiting", Waiting, "{request}", "Calls and queries that wait for their turn");
        _meter.CreateObservableGauge("interstice.sockets", () => bounds.SocketCount, "{socket}", "Sockets that are open");
        _meter.CreateObservableGauge("interstice.subscription.state", Subscriptions, null, "1 for what the subscription does");
        _meter.CreateObservableGauge("interstice.subscription.delivered", () => Count(status => status.Delivered), "{delivery}", "Durable deliveries since the start");
        _meter.CreateObservableGauge("interstice.subscription.failed", () => Count(status => status.Failed), "{attempt}", "Attempts that failed since the start");
        _meter.CreateObservableGauge("interstice.subscription.parked", () => Count(status => status.Parked), "{delivery}", "Deliveries that were parked since the start");
        _meter.CreateObservableGauge("interstice.replay.remaining", Remaining, "{event}", "Events that are still to be replayed");
        _meter.CreateObservableGauge("interstice.replay.events", Replayed, "{event}", "Events replayed at the start");
        _meter.CreateObservableGauge("interstice.replay.duration", ReplayTimes, "s", "How long the replay at the start took");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private Measurement<int> Phase() => new(1, Tag("interstice.phase", _state.Phase.ToString().ToLowerInvariant()));

    private IEnumerable<Measurement<int>> Roles() =>
        from module in _host.Names
        let standing = _host.StandingOf(module)
        where standing is not null
        select new Measurement<int>(1, Of(module), Tag("interstice.role", standing.Role.ToString().ToLowerInvariant()));

    private IEnumerable<Measurement<int>> Available() =>
        _host.Status.Select(module => new Measurement<int>(module.StoppedBecause is null ? 1 : 0, Of(module.Module)));

    private IEnumerable<Measurement<int>> Waiting() =>
        _host.Status.Select(module => new Measurement<int>(module.Waiting, Of(module.Module)));

    private IEnumerable<Measurement<int>> Subscriptions() =>
        _host.Subscriptions.Select(status => new Measurement<int>(1, [.. Of(status), Tag("interstice.state", status.Word)]));

    private IEnumerable<Measurement<long>> Count(Func<SubscriptionStatus, long> number) =>
        _host.Subscriptions.Select(status => new Measurement<long>(number(status), Of(status)));

    private static KeyValuePair<string, object?>[] Of(SubscriptionStatus status) =>
    [
        Of(status.Module),
        Tag("interstice.source", status.Subscription.Source),
        Tag("interstice.operation", status.Subscription.Handler),
    ];

    private IEnumerable<Measurement<long>> Remaining() => _state.Progress is { } now
        ? [new(now.Last.Value - now.Revision.Value, Of(now.Module))]
        : [];

    private IEnumerable<Measurement<long>> Replayed() =>
        _state.Replays.Select(replay => new Measurement<long>(replay.Events, Of(replay.Module)));

    private IEnumerable<Measurement<double>> ReplayTimes() =>
        _state.Replays.Select(replay => new Measurement<double>(replay.Elapsed.TotalSeconds, Of(replay.Module)));

    private static KeyValuePair<string, object?> Of(string module) => Tag(HostTelemetry.Module, module);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
