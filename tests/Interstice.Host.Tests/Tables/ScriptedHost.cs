using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using MediatR;

namespace Interstice.Host.Tests.Tables;

/// <summary>Scripts on a host, with rows and keys in JSON.</summary>
internal sealed class ScriptedHost(ModuleHost host, IMediator mediator, ModuleSchema schema)
{
    private const string Name = ScriptedModule.Name;

    public ModuleSchema Schema => schema;

    /// <summary>Publishes the module with some tables.</summary>
    public static async Task<ScriptedHost> PublishAsync(ModuleHost host, IMediator mediator, params string[] declarations)
    {
        await mediator.Send(new PublishModule(ScriptedModule.Binary(declarations), HostFixture.Tester));
        return await FindAsync(host, mediator);
    }

    public static Task<ScriptedHost> PublishAsync(HostFixture fixture, params string[] declarations) =>
        PublishAsync(fixture.Host, fixture.Mediator, declarations);

    /// <summary>The module that a host has already.</summary>
    public static async Task<ScriptedHost> FindAsync(ModuleHost host, IMediator mediator) =>
        new(host, mediator, (await host.ViewAsync(Name, projection => projection.Schema))!);

    public static Task<ScriptedHost> FindAsync(HostFixture fixture) => FindAsync(fixture.Host, fixture.Mediator);

    public Task<CallOutcome> CallAsync(Script script, string reducer = "run") =>
        mediator.Send(new CallReducer(Name, reducer, script.ToArguments(), HostFixture.Tester));

    public Task<QueryOutcome> AskAsync(Script script, string query = "ask") =>
        mediator.Send(new RunQuery(Name, query, script.ToArguments(), HostFixture.Tester));

    /// <summary>Runs a script that must be committed.</summary>
    public async Task<IReadOnlyList<Script.Answer>> RunAsync(Script script)
    {
        CallOutcome outcome = await CallAsync(script);
        IReadOnlyList<Script.Answer> answers =
            Script.Answer.ReadAll(outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString()).Value.Span);
        answers.Count.ShouldBe(script.Count);
        return answers;
    }

    /// <summary>Runs a script of reads in a query.</summary>
    public async Task<IReadOnlyList<Script.Answer>> ReadAsync(Script script)
    {
        QueryOutcome outcome = await AskAsync(script);
        return Script.Answer.ReadAll(outcome.ShouldBeOfType<QueryOutcome.Answered>(outcome.ToString()).Value.Span);
    }

    /// <summary>A row, its columns in JSON.</summary>
    public byte[] Row(string table, string json)
    {
        using var writer = new PayloadWriter();
        using JsonDocument document = JsonDocument.Parse(json);
        JsonValues.TryReadRow(document.RootElement, schema.FindTable(table)!.Row, writer, out ValueError error).ShouldBeTrue(error.ToString());
        return writer.Written.ToArray();
    }

    /// <summary>A row as JSON.</summary>
    public string Text(string table, ReadOnlySpan<byte> row)
    {
        using var writer = new PayloadWriter();
        using (var json = new Utf8JsonWriter(writer, EventJson.WriterOptions)) JsonValues.WriteRow(json, schema.FindTable(table)!.Row, row);
        return System.Text.Encoding.UTF8.GetString(writer.Written);
    }

    /// <summary>A key as guests write it: the leading columns of an index, each in JSON.</summary>
    public byte[] Key(string table, string index, params string[] values)
    {
        TableSchema declared = schema.FindTable(table)!;
        KeyCodec key = (index.Length == 0 ? declared.PrimaryKey! : declared.FindIndex(index)!).Key;
        using var writer = new PayloadWriter();
        writer.Byte((byte)values.Length);
        for (int column = 0; column < values.Length; column++)
        {
            using JsonDocument document = JsonDocument.Parse(values[column]);
            JsonValues.TryRead(document.RootElement, key.TypeOf(column), writer, out ValueError error).ShouldBeTrue(error.ToString());
        }

        return writer.Written.ToArray();
    }

    /// <summary>Rows of a table in the host.</summary>
    public Task<long> CountAsync(string table) =>
        host.ViewAsync(Name, projection => projection.State!.FindTable(table)!.Count);

    public Task<T> ViewAsync<T>(Func<ModuleProjection, T> view) => host.ViewAsync(Name, view);
}
