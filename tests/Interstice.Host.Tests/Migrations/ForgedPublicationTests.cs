using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Migrations;
using static Interstice.Host.Tests.Migrations.MigratingModule;

namespace Interstice.Host.Tests.Migrations;

/// <summary>Goal: a damaged publication can be looked at.</summary>
public sealed class ForgedPublicationTests
{
    [Fact]
    public async Task Rows_that_fit_no_declaration_are_shown_as_base64()
    {
        ModulePublished published = await PublishedAsync();
        JsonElement known = Show(published)[0];
        known.GetProperty("reducer").GetString().ShouldBe("split");
        known.GetProperty("migration").GetString().ShouldBe("1.0.0 to 2.0.0");
        known.GetProperty("tables")[0].GetProperty("rows")[0].GetProperty("last").GetString().ShouldBe("Lovelace");

        TableRows people = published.Effects[0].Tables[0];
        byte[] cut = people.Rows[0].ToArray()[..^1];
        ModulePublished damaged = published with
        {
            Effects = [published.Effects[0] with { Tables = [people with { Rows = [cut, people.Rows[1]] }, new("nobody", [cut])] }],
        };
        JsonElement tables = Show(damaged)[0].GetProperty("tables");
        tables[0].GetProperty("rows")[0].GetBytesFromBase64().ShouldBe(cut);
        tables[0].GetProperty("rows")[1].GetProperty("last").GetString().ShouldBe("Hopper");
        tables[1].GetProperty("table").GetString().ShouldBe("nobody");
        tables[1].GetProperty("rows")[0].GetBytesFromBase64().ShouldBe(cut);
    }

    [Fact]
    public async Task Effects_of_reducers_that_are_not_declared_are_shown_all_the_same()
    {
        ModulePublished published = await PublishedAsync();
        foreach (ModulePublished damaged in (ModulePublished[])
            [
                .. ReducerMigrationTests.Forgeries.Select(change => change(published)),
                published with { Steps = [] },
                published with { Steps = ["nonsense"] },
                published with { Steps = [.. published.Steps.Select(step => step.Replace("split", "other", StringComparison.Ordinal))] },
                published with { Schema = "nonsense"u8.ToArray() },
            ])
        {
            JsonElement[] shown = Show(damaged);
            shown.Length.ShouldBe(damaged.Effects.Length);
            foreach ((int i, ReducerEffects effects) in damaged.Effects.Index())
            {
                shown[i].GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("rows").GetArrayLength())
                    .ShouldBe(effects.Tables.Select(table => table.Rows.Length));
            }
        }

        Show(ReducerMigrationTests.Forgeries[2](published))[1].GetProperty("reducer").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static async Task<ModulePublished> PublishedAsync()
    {
        await using HostFixture host = await HostFixture.StartAsync();
        await RowsModule.PublishAsync(host.Mediator, First);
        await RowsModule.InsertAsync(host.Mediator, host.Host, "people", """[0,"Ada Lovelace"]""", Name);
        await RowsModule.InsertAsync(host.Mediator, host.Host, "people", """[0,"Grace Hopper"]""", Name);
        await RowsModule.PublishAsync(host.Mediator, Second);
        ModuleProjection projection = await host.RebuildAsync(Name);
        await foreach (ReadOnlyMemory<RecordedEvent> batch in host.Journal.ReadStreamAsync(
            StreamNames.Module(Name), ReadDirection.Forwards, projection.PublishedAt, 1, TestContext.Current.CancellationToken))
            return ModulePublished.Read(batch.Span[0].Data.Span);
        throw new InvalidOperationException("nothing was published");
    }

    private static JsonElement[] Show(ModulePublished published)
    {
        using var json = new PayloadWriter();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            MigrationDocument.WriteRows(writer, published);
            writer.WriteEndObject();
        }

        JsonElement document = JsonSerializer.Deserialize<JsonElement>(json.Written);
        return document.TryGetProperty("effects", out JsonElement effects) ? [.. effects.EnumerateArray()] : [];
    }
}
