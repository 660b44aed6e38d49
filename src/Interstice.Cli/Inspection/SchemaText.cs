using Interstice.Cli.Output;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Inspection;

/// <summary>Writes the declarations of a module for people.</summary>
/// <param name="schema">The declarations.</param>
/// <param name="withHostTables">Whether the host's tables in the module are listed behind its own.</param>
internal sealed class SchemaText(ModuleSchema schema, bool withHostTables)
{
    /// <summary>Writes them.</summary>
    public void Write(StandardOutput output)
    {
        output.WriteLine($"module {schema.Name} {schema.Version}, ABI {schema.Abi}");
        foreach (NamedType type in schema.Types) output.WriteLine($"type {type.Name} = {Describe(type)}");
        foreach (TableSchema table in withHostTables ? schema.AllTables : schema.Tables) WriteTableText(output, table);
        foreach (ReducerSchema reducer in schema.Reducers)
            output.WriteLine(
                $"reducer {Signature(reducer.Name, reducer.Parameters, reducer.Result)}{Marks(reducer.Visibility)}");
        foreach (QuerySchema query in schema.Queries)
            output.WriteLine($"query {Signature(query.Name, query.Parameters, query.Result)}{Marks(query.Visibility)}");
        foreach (EventSchema declared in schema.Events) output.WriteLine($"event {declared.Name}: {declared.Payload}");
    }

    private static void WriteTableText(StandardOutput output, TableSchema table)
    {
        string kind = table.Kind == TableKind.Logged ? "" : $", {table.Kind.ToString().ToLowerInvariant()}";
        output.WriteLine($"table {table.Name}{Marks(table.Visibility)}{kind}{(table.IsOfHost ? ", the host's" : "")}");
        foreach (ColumnSchema column in table.Columns)
        {
            string marks = (column.IsPrimaryKey ? ", primary key" : "")
                + (column.IsUnique ? ", unique" : "")
                + (column.IsAutoInc ? ", auto-increment" : "");
            output.WriteLine($"  {column.Name}: {column.Type}{marks}");
        }

        foreach (IndexSchema index in table.Indexes)
        {
            string columns = string.Join(", ", index.Columns.Select(column => table.Columns[column].Name));
            output.WriteLine($"  index {index.Name} ({columns}){(index.IsUnique ? ", unique" : "")}");
        }
    }

    private static string Describe(NamedType type) => type switch
    {
        StructType structure => $"{{ {string.Join(", ", structure.Fields)} }}",
        EnumType choice => string.Join(" | ", choice.Variants.Select(variant =>
            variant.Payload is null ? variant.Name : $"{variant.Name}({variant.Payload})")),
        AliasType alias => alias.Target.ToString(),
        _ => type.ToString(),
    };

    private static string Signature(string name, IEnumerable<ParameterSchema> parameters, DataType? result) =>
        $"{name}({string.Join(", ", parameters)}){(result is null ? "" : $" -> {result}")}";

    private static string Marks(Visibility visibility) => visibility == Visibility.Private ? ", private" : "";
}
