using System.Diagnostics;
using System.Diagnostics.Metrics;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using MediatR;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Host.Tests.Commands;

// Listeners hear of every host in the process: no other test may run meanwhile.
[Collection(nameof(RequestTracingTests))]
[CollectionDefinition(nameof(RequestTracingTests), DisableParallelization = true)]
public sealed class RequestTracingTests
{
    private static readonly CallReducer Call = new("bank", "transfer", default, Identity.Of("test", "ann"));
    private static readonly RequestTracing<CallReducer, CallOutcome> Tracing = new(NullLogger<RequestTracing<CallReducer, CallOutcome>>.Instance);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_call_that_nobody_watches_allocates_nothing()
    {
        Task<CallOutcome> answer = Task.FromResult<CallOutcome>(new CallOutcome.Rejected("no"));
        RequestHandlerDelegate<CallOutcome> next = () => answer;
        // The runtime may allocate for itself in a round, as when it compiles the code anew; what calls allocate is there in each.
        Enumerable.Range(0, 5).Min(_ => Measure(next, 20_000)).ShouldBe(0);
    }

    [Theory]
    [InlineData("committed", null, true, false)]
    [InlineData("rejected", null, true, false)]
    [InlineData("trapped", "Fuel", true, true)]
    [InlineData("refused", "QueueFull", true, true)]
    [InlineData("refused", "BadArguments", true, false)]
    [InlineData("refused", "UnknownModule", false, false)]
    [InlineData("unknown", null, true, true)]
    public async Task Each_end_of_a_call_is_counted_under_its_name_and_names_that_are_not_there_are_not(
        string outcome, string? reason, bool hasNames, bool isError)
    {
        CallOutcome end = outcome switch
        {
            "committed" => new CallOutcome.Committed(new Revision(1), default, 1, default, 1),
            "rejected" => new CallOutcome.Rejected(""),
            "trapped" => new CallOutcome.Trapped(Enum.Parse<ModuleTrapKind>(reason!), ""),
            "refused" => new CallOutcome.Refused(Enum.Parse<CallRefusal>(reason!), ""),
            _ => new CallOutcome.Unknown(""),
        };
        Dictionary<string, object?>? counted = null;
        long active = 0;
        long activeMost = 0;
        using var meters = new MeterListener { InstrumentPublished = (found, listener) => EnableOurs(found, listener) };
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => counted = tags.ToArray().ToDictionary());
        meters.SetMeasurementEventCallback<long>((_, change, _, _) => activeMost = Math.Max(activeMost, active += change));
        meters.Start();
        Activity? span = null;
        using var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == HostTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = stopped => span = stopped,
        };
        ActivitySource.AddActivityListener(spans);

        (await Tracing.Handle(Call, Cancel, () => Task.FromResult(end))).ShouldBeSameAs(end);

        Dictionary<string, object?> expected = new() { ["interstice.request"] = "call", ["interstice.outcome"] = outcome };
        if (hasNames) (expected["interstice.module"], expected["interstice.operation"]) = ("bank", "transfer");
        if (reason is not null) expected["interstice.reason"] = reason;
        counted.ShouldNotBeNull().ShouldBe(expected, ignoreOrder: true);
        (active, activeMost).ShouldBe((0, 1));
        span.ShouldNotBeNull().TagObjects.ShouldBe(expected, ignoreOrder: true);
        span.DisplayName.ShouldBe(hasNames ? "call bank.transfer" : "call");
        (span.Status == ActivityStatusCode.Error).ShouldBe(isError);
    }

    private static void EnableOurs(Instrument found, MeterListener listener)
    {
        if (found.Meter.Name == HostTelemetry.Name && found.Name is "interstice.requests.active" or "interstice.request.duration")
            listener.EnableMeasurementEvents(found);
    }

    private static long Measure(RequestHandlerDelegate<CallOutcome> next, int calls)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++) _ = Tracing.Handle(Call, CancellationToken.None, next);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
