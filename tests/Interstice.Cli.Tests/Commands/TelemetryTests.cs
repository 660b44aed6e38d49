using Interstice.Cli.Tests.Support;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Commands;

/// <summary>What a host sends to a collector (docs/telemetry.md), received here and read by the numbers of its standard.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly TestStore _store = new();
    private readonly OtlpReceiver _collector = new();

    public void Dispose()
    {
        _collector.Dispose();
        _store.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_refusals_replay_and_roles_reach_the_collector(bool isOption)
    {
        Requirement.Unix();
        (string, string)[] variables =
            [("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), .. isOption ? [] : ((string, string)[])[("OTEL_EXPORTER_OTLP_ENDPOINT", _collector.Address)]];
        (await _store.RunAsync("publish", TestStore.BankFile)).ShouldSucceed();
        using (RunningHost host = await RunningHost.StartWithAsync(
            _store.Directory, variables, isOption ? ["--otlp-endpoint", _collector.Address] : []))
        {
            await host.CallAsync("open_account", "[\"ann\", 100]");
            await host.CallAsync("open_account", "[\"bob\", 100]");
            await host.PostAsync("v1/modules/bank/reducers/transfer", "[1, 2, 3000]");
            await host.PostAsync("v1/modules/bank/queries/balance", "[1]");
            await host.PostAsync("v1/modules/bank/reducers/made_up_by_a_caller", "[]");
            (int code, string errors) = await host.TerminateAsync();
            code.ShouldBe(0, errors);
            errors.ShouldNotContain("telemetry is lost");
        }

        _collector.Paths.ShouldBe(["/v1/metrics", "/v1/traces"]);
        _collector.Resource["service.name"].ShouldBe("interstice");
        (string Name, Dictionary<string, string> Attributes, bool IsError)[] spans = [.. _collector.Spans("Interstice")];
        spans.Select(span => span.Name).ShouldBe(
            ["replay", "call bank.open_account", "call bank.open_account", "call bank.transfer", "query bank.balance"], ignoreOrder: true);
        spans.Single(span => span.Name == "call bank.transfer").Attributes.ShouldBe(
            new Dictionary<string, string>
            {
                ["interstice.request"] = "call",
                ["interstice.outcome"] = "rejected",
                ["interstice.module"] = "bank",
                ["interstice.operation"] = "transfer",
            },
            ignoreOrder: true);
        spans.ShouldNotContain(span => span.IsError);
        Value("interstice.request.duration", ("interstice.operation", "open_account"), ("interstice.outcome", "committed")).ShouldBe(2);
        Value("interstice.request.duration", ("interstice.operation", "transfer"), ("interstice.outcome", "rejected")).ShouldBe(1);
        Value("interstice.request.duration", ("interstice.request", "query"), ("interstice.outcome", "answered")).ShouldBe(1);
        Value("interstice.requests.active", ("interstice.request", "call")).ShouldBe(0);
        Value("interstice.module.role", ("interstice.module", "bank"), ("interstice.role", "owner")).ShouldBe(1);
        Value("interstice.module.available", ("interstice.module", "bank")).ShouldBe(1);
        Value("interstice.module.waiting", ("interstice.module", "bank")).ShouldBe(0);
        Value("interstice.replay.events", ("interstice.module", "bank")).ShouldBeGreaterThan(0);
        Value("interstice.host.phase", ("interstice.phase", "stopping")).ShouldBe(1);
    }

    [Fact]
    public async Task A_collector_that_is_away_costs_a_line_of_the_log_and_nothing_else()
    {
        Requirement.Unix();
        using RunningHost host = await RunningHost.StartAsync(
            _store.Directory, "--module", TestStore.BankFile, "--otlp-endpoint", "http://127.0.0.1:1");
        await host.CallAsync("open_account", "[\"ann\", 100]");
        (int code, string errors) = await host.TerminateAsync();
        code.ShouldBe(0, errors);
        errors.ShouldContain("telemetry is lost");
    }

    [Theory]
    [InlineData("127.0.0.1:4317")]
    [InlineData("")]
    public async Task An_address_that_is_none_is_refused(string address)
    {
        (await _store.RunAsync("run", "--otlp-endpoint", address)).ShouldFail(2, "--otlp-endpoint takes the address of a collector");
        Directory.Exists(_store.Path).ShouldBeFalse();
    }

    private double Value(string metric, params (string Name, string Value)[] attributes) => _collector.Points(metric)
        .Where(point => attributes.All(wanted => point.Attributes.GetValueOrDefault(wanted.Name) == wanted.Value))
        .Select(point => point.Value)
        .ShouldHaveSingleItem();
}
