namespace Interstice.Host.Modules;

/// <summary>Names of the exports and sections that the host looks for (docs/abi.md).</summary>
public static class ModuleExports
{
    /// <summary>Linear memory.</summary>
    public const string Memory = "memory";

    /// <summary>Optional initialisation.</summary>
    public const string Initialize = "interstice_init";

    /// <summary>Room for arguments.</summary>
    public const string Allocate = "interstice_alloc";

    /// <summary>Custom sections that hold the declarations.</summary>
    public const string SchemaSection = "interstice.schema";

    /// <summary>Export of a reducer.</summary>
    public static string Reducer(string name) => "reducer:" + name;

    /// <summary>Export of a query.</summary>
    public static string Query(string name) => "query:" + name;

    /// <summary>Export of a migration's reducer.</summary>
    public static string Migration(string name) => "migration:" + name;
}
