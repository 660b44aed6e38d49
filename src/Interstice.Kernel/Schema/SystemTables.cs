using System.Collections.Immutable;

namespace Interstice.Kernel.Schema;

/// <summary>The tables that the host keeps in every module (docs/formats/system-tables.md): ordinary logged tables, numbered behind the
/// module's own, which the host alone writes and guests cannot name.</summary>
/// <remarks>Their shapes never change once a release wrote them: rows in old logs are decoded with what stands here. No column is an
/// option, so that modules that use none of them have the same bound on their JSON
/// (<see cref="Events.Json.EventJsonBound"/>).</remarks>
public static class SystemTables
{
    /// <summary>Durable timers.</summary>
    public const string Timers = "_timers";

    /// <summary>How far each subscription has come.</summary>
    public const string Checkpoints = "_checkpoints";

    /// <summary>What was given up after failing too often, kept for people to look at.</summary>
    public const string Parked = "_parked";

    /// <summary>Clients that are connected.</summary>
    public const string Clients = "_clients";

    /// <summary>Migrations that were completed.</summary>
    public const string Migrations = "_migrations";

    /// <summary>Lifecycle reducers that publications have run.</summary>
    public const string Lifecycle = "_lifecycle";

    private static readonly ImmutableArray<TableSchema> Declared = ModuleSchema.Parse(
        """
        {"module":{"name":"host","version":"1.0.0","abi":1}}
        {"type":{"name":"MissedTicks","enum":[{"name":"once"},{"name":"each"}]}}
        {"table":{"name":"_timers","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"next","type":"timestamp"},{"name":"due","type":"timestamp"},{"name":"interval","type":"duration"},{"name":"attempts","type":"u32"},{"name":"missed","type":"MissedTicks"},{"name":"reducer","type":"string"},{"name":"arguments","type":"bytes"},{"name":"error","type":"string"}],"indexes":[{"name":"by_next","columns":["next","id"]}]}}
        {"table":{"name":"_checkpoints","columns":[{"name":"source","type":"string"},{"name":"operation","type":"string"},{"name":"handler","type":"string"},{"name":"revision","type":"i64"},{"name":"time","type":"timestamp"},{"name":"attempts","type":"u32"},{"name":"next","type":"timestamp"},{"name":"error","type":"string"}],"primaryKey":["source","operation","handler"]}}
        {"table":{"name":"_parked","columns":[{"name":"id","type":"u64","primaryKey":true,"autoInc":true},{"name":"timer","type":"u64"},{"name":"subscription","type":"string"},{"name":"source_revision","type":"i64"},{"name":"source_event","type":"uuid"},{"name":"due","type":"timestamp"},{"name":"ticks","type":"u64"},{"name":"attempts","type":"u32"},{"name":"parked_at","type":"timestamp"},{"name":"reducer","type":"string"},{"name":"arguments","type":"bytes"},{"name":"reason","type":"string"}]}}
        {"table":{"name":"_clients","columns":[{"name":"connection","type":"uuid","primaryKey":true},{"name":"identity","type":"identity"},{"name":"connected_at","type":"timestamp"}]}}
        {"table":{"name":"_migrations","columns":[{"name":"publication","type":"u32","primaryKey":true},{"name":"from","type":"string"},{"name":"to","type":"string"},{"name":"at","type":"timestamp"},{"name":"what","type":"string"}]}}
        {"table":{"name":"_lifecycle","columns":[{"name":"publication","type":"u32","primaryKey":true},{"name":"at","type":"timestamp"},{"name":"reducer","type":"string"}]}}
        """u8,
        SchemaSource.Host).Tables;

    /// <summary>Names of all of them, in the order of their numbers.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Declared.Select(table => table.Name)];

    /// <summary>The tables as they stand behind those of a module.</summary>
    /// <param name="ownCount">How many tables the module declares.</param>
    internal static ImmutableArray<TableSchema> Behind(int ownCount) => [.. Declared.Select(table => table.OfHost(ownCount + table.Number))];
}
