using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host;
using Interstice.Host.Modules;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using Interstice.TestKit.Journals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Interstice.Conformance.Tests;

/// <summary>Goal: whoever builds a module that is refused learns what is wrong with it: no two mistakes have the same message.
/// Method: every module of tests/modules/refused on one host.</summary>
public sealed class RefusalTests
{
    // A schema of an empty line declares no module, as one without that declaration.
    private const string SameMistake = "refused/schema-empty.wasm";

    [Fact]
    public async Task Every_mistake_has_a_message_of_its_own()
    {
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = "/memory" }, null, new MemoryFiles());
        await using ServiceProvider services = new ServiceCollection()
            .AddSingleton<IEventStore>(journal)
            .AddSingleton<IModuleEngine, ManagedModuleEngine>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddIntersticeHost(new ModuleHostOptions { Limits = new() { FuelPerCall = 1_000_000 } })
            .BuildServiceProvider();
        var host = services.GetRequiredService<ModuleHost>();
        await host.StartAsync();
        Dictionary<string, string> messages = [];
        foreach (string file in Refused())
        {
            byte[] binary = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", Path.GetFileName(file)));
            ModuleRefusedException refusal = await Should.ThrowAsync<ModuleRefusedException>(() => host.PublishAsync(binary, Expectation.Who("ann")), file);
            messages[file] = refusal.Message;
        }

        messages.Count.ShouldBeGreaterThan(60);
        messages.GroupBy(pair => pair.Value).Where(group => group.Count() > 1)
            .Select(group => $"{string.Join(", ", group.Select(pair => pair.Key))}: {group.Key}").ShouldBeEmpty();
        host.Names.ShouldBeEmpty();
    }

    private static IEnumerable<string> Refused()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "modules", "modules.json")));
        return [.. document.RootElement.EnumerateArray().Where(module => module.Text("publish") == "refused")
            .Select(module => module.Text("file")!)
            .Where(file => file != SameMistake)];
    }
}
