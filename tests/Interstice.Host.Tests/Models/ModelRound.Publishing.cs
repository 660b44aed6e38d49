using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reloading;

namespace Interstice.Host.Tests.Models;

/// <content>Builds.</content>
internal sealed partial class ModelRound
{
    private Task<PublishResult> PublishAsync(ModelSchema schema) =>
        _host.Mediator.Send(new PublishModule(schema.Binary(_script), ModelHost.Caller, schema.Name), Cancel);

    // Scripts of timers hold rows as they were, so none is left when the tables change.
    private async Task MigrateAsync()
    {
        string module = AnyModule();
        ModelStep[] cancels = [.. _world.Find(module).Timers.Select(timer => new ModelStep.Cancel(timer.Id))];
        (ModelTransaction transaction, ModelEnd end) = Predict(module, cancels);
        Judge(end, await _host.CallAsync(module, cancels));
        _world = transaction.World;
        ModelMigration migration = ModelMigration.Next(_random, _world.Find(module), _bug);
        Tell($"publish {module} with{migration.Text}{(migration.IsRefused ? " which has duplicates" : "")}");
        Sums.Publications++;
        if (migration.IsRefused)
        {
            await Should.ThrowAsync<ModuleRefusedException>(PublishAsync(migration.Schema));
            Sums.PublicationsRefused++;
        }
        else
        {
            (await PublishAsync(migration.Schema)).Changed.ShouldBeTrue();
            _world = _world.Copy();
            (_world.Find(module).Tables, _world.Find(module).Schema) = (migration.Tables, migration.Schema);
        }

        await CompareAsync();
    }

    // Another build over the same tables, which does with recorded calls what the one before it did.
    private async Task ReloadAsync()
    {
        string module = AnyModule();
        Tell($"reload {module}");
        ModelSchema schema = _world.Find(module).Schema;
        schema = schema with { Build = schema.Build + 1 };
        ReloadOptions options = new() { CanaryCalls = 40 };
        ReloadResult result = await _host.Host.ReloadAsync(module, schema.Binary(_script), ModelHost.Caller, options, null, Cancel);
        result.Published.ShouldNotBeNull($"{string.Join(Environment.NewLine, result.Canary?.Differences ?? [])}").Changed.ShouldBeTrue();
        _world = _world.Copy();
        _world.Find(module).Schema = schema;
        Sums.Reloads++;
    }
}
