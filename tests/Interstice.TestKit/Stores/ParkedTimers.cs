using System.Text.Json;
using Interstice.Host;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.TestKit.Stores;

/// <summary>Makes a journal with the module of tests/modules/plain/timers.wat whose timers failed until their ticks were parked, by a clock of its
/// own: number 1 succeeds when it is run again, number 2 fails once more and number 3 traps. Timer 4 is due in the year 2100.</summary>
public static class ParkedTimers
{
    public const string Module = "timers";

    private const int NotYet = 1;
    private const int Crash = 2;
    private const int Attempts = 5;

    private static readonly Identity Tester = Identity.Of("tests", "tester");

    public static async Task CreateAsync(string directory, byte[] timersModule, IModuleEngine engine)
    {
        var time = new ManualTime();
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory });
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(journal)
            .AddSingleton(engine)
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<TimeProvider>(time)
            .AddIntersticeHost(new ModuleHostOptions { Limits = new() { CallTimeMax = Timeout.InfiniteTimeSpan } })
            .BuildServiceProvider();
        ModuleHost host = services.GetRequiredService<ModuleHost>();
        await host.StartAsync();
        IMediator mediator = services.GetRequiredService<IMediator>();
        await mediator.Send(new PublishModule(timersModule, Tester, null));
        ReducerSchema at = host.FindSchema(Module)!.FindReducer("at")!;
        string due = TimestampText.Format((time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        foreach ((int payload, string when, int target) in
            new[] { (Attempts + 1, due, NotYet), (99, due, NotYet), (7, due, Crash), (1, "2100-01-01T00:00:00Z", 0) })
        {
            byte[] arguments = Encode(at, payload, when, "0", target, false);
            (await mediator.Send(new CallReducer(Module, "at", arguments, Tester))).ShouldBeOfType<CallOutcome.Committed>();
        }

        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // A look waits for the turn before it, and for what that made durable.
            for (int i = 0; i < 5; i++) await host.ViewAsync(Module, _ => true);
            time.Advance(TimeSpan.FromSeconds(10));
        }

        for (int i = 0; i < 5; i++) await host.ViewAsync(Module, _ => true);
    }

    private static byte[] Encode(ReducerSchema reducer, params object[] arguments)
    {
        using var writer = new PayloadWriter();
        JsonElement[] json = [.. arguments.Select(argument => JsonSerializer.SerializeToElement(argument))];
        JsonValues.TryReadArguments(json, reducer.Arguments, writer, out ValueError error).ShouldBeTrue(error.ToString());
        return writer.Written.ToArray();
    }
}
