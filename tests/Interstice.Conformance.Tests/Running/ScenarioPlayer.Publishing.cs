using System.Text.Json;
using Interstice.Conformance.Tests.Scenarios;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reloading;
using Interstice.Kernel.Schema;
using Interstice.ManagedEngine;

namespace Interstice.Conformance.Tests.Running;

/// <content>Builds: published, refused, reloaded behind a canary, read without being run.</content>
internal sealed partial class ScenarioPlayer
{
    private static ModuleSchema Declared(byte[] binary)
    {
        using IModuleCode code = new ManagedModuleEngine().Load(binary);
        return ModuleSchema.Parse(code.ReadCustomSections(ModuleExports.SchemaSection));
    }

    private async Task PublishAsync(JsonElement step)
    {
        byte[] binary = ModuleBinaries.Of(step, step.Text("publish")!);
        if (step.Of("refused") is not { } words)
        {
            PublishResult published = await PublishAsync(binary, step.Text("publish")!);
            if (step.Of("number") is { } number) published.Version.ShouldBe(number.GetInt32());
            return;
        }

        string[] before = [.. _host.Host.Names];
        ModuleRefusedException refusal = await Should.ThrowAsync<ModuleRefusedException>(
            () => _host.Host.PublishAsync(binary, Expectation.Who("publisher"), step.Text("publish"), Cancel));
        foreach (JsonElement word in words.EnumerateArray()) refusal.Message.ShouldContain(word.GetString()!, Case.Insensitive);
        _host.Host.Names.ShouldBe(before, refusal.Message);
    }

    // On a server that answers late, a host may not know yet that nobody else owns the module: then nothing was done, and it is safe to try again.
    private async Task<PublishResult> PublishAsync(byte[] binary, string module)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await _host.Host.PublishAsync(binary, Expectation.Who("publisher"), module, Cancel);
            }
            catch (ModuleUnavailableException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(RetryPause, Cancel); // what a publisher does that is told to try again
            }
        }
    }

    private async Task ReloadAsync(JsonElement step)
    {
        string module = step.Text("reload")!;
        var options = new ReloadOptions { CanaryCalls = step.Number("canary", 10_000), AcceptsChanges = step.Of("accepts") is not null };
        ReloadResult result = step.Of("back") is not null
            ? await _host.Host.RollBackAsync(module, Expectation.Who("publisher"), options, null, Cancel)
            : await _host.Host.ReloadAsync(module, ModuleBinaries.Of(step, module), Expectation.Who("publisher"), options, null, Cancel);
        (result.Published is not null).ShouldBe(step.Of("heldBack") is null, string.Join("; ", result.Canary?.Differences ?? []));
        if (step.Of("different") is { } different) result.Canary!.DifferentCalls.ShouldBe(different.GetInt64());
    }

    // Whatever its start function does, reading its declarations runs nothing of it.
    private static Task ReadSchemaAsync(JsonElement step)
    {
        ModuleSchema schema = Declared(ModuleBinaries.Of(step, step.Text("schemaOf")!));
        schema.Reducers.Select(reducer => reducer.Name).ShouldBe(step.Items("reducers").Select(name => name.GetString()!));
        return Task.CompletedTask;
    }

    private Task ExpectVersionAsync(JsonElement step)
    {
        string[] name = step.Text("version")!.Split('.');
        SchemaOf(name[0]).FindTable(name[1])!.Version.ShouldBe(step.Number("is"));
        return Task.CompletedTask;
    }
}
