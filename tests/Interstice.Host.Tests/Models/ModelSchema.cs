using Interstice.Host.Tests.Tables;
using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Models;

/// <summary>What a random module declares.</summary>
/// <param name="Name">Of the module.</param>
/// <param name="Types">Its types.</param>
/// <param name="Tables">In their order.</param>
/// <param name="Events">Names and types.</param>
/// <param name="Callees">Modules whose scripts its scripts may run.</param>
/// <param name="Build">Changes with each build, so that the code does.</param>
internal sealed record ModelSchema(
    string Name, ModelTypes Types, ModelTable[] Tables, (string Name, ModelType Type)[] Events, string[] Callees, int Build)
{
    /// <summary>The reducer that does what its argument says.</summary>
    public const string Reducer = "relay";

    public static ModelSchema Next(Random random, string name, string[] callees)
    {
        var types = new ModelTypes(random);
        List<ModelTable> tables = [];
        for (int i = random.Next(2, 5); i > 0; i--) tables.Add(ModelTable.Next(random, types, $"t{tables.Count}", NextKind(random, tables.Count == 0)));
        return new(
            name, types, [.. tables], [.. Enumerable.Range(0, 2).Select(i => ($"e{i}", types.Any(random)))], callees, Build: 1);
    }

    public static ModelKind NextKind(Random random, bool isFirst) => isFirst ? ModelKind.Logged : random.Next(5) switch
    {
        0 => ModelKind.Ephemeral,
        1 => ModelKind.Event,
        _ => ModelKind.Logged,
    };

    public ModelTable Find(string table) => Tables.First(found => found.Name == table);

    public byte[] Binary(byte[] script) => Declarations.Append(
        script,
        [
            .. Types.Declarations, .. Tables.Select(table => table.Declare()),
            .. Events.Select(declared => $$$"""{"event":{"name":"{{{declared.Name}}}","type":"{{{declared.Type.Name}}}"}}"""),
            $$$"""{"reducer":{"name":"{{{Reducer}}}","parameters":[{"name":"script","type":"bytes"}],"result":"bytes","calls":[{{{Calls}}}],"note":"build {{{Build}}}"}}""",
        ]);

    private string Calls => string.Join(',', Callees.Select(callee => $"\"{callee}.{Reducer}\""));
}
