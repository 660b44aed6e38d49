using Mono.Cecil;

namespace Interstice.Repository.Tests.Determinism;

public sealed class TableWriterTests
{
    private const string Table = "Interstice.Kernel.Tables.Table";
    private const string UndoLog = "Interstice.Kernel.Tables.UndoLog";
    private const string Loader = "Interstice.Kernel.Tables.TableLoader";

    private const string Replay = "Interstice.Kernel.Tables.TableReplay";

    // Fills tables that are nobody's yet; what makes them, projections alone may call.
    private static readonly string[] Migrations =
    [
        "Interstice.Kernel.Migrations.RowMigration::", "Interstice.Kernel.Migrations.ReducerMigration::",
        "Interstice.Kernel.Migrations.MigrationRows::Add",
    ];

    private static readonly string[] Writers =
    [
        $"{Table}::Insert", $"{Table}::Update", $"{Table}::Delete", $"{Table}::Undo", $"{Table}::Release",
        $"{Table}::Clear",
        $"{UndoLog}::.ctor", $"{UndoLog}::Add", $"{UndoLog}::UndoTo", $"{UndoLog}::ReleaseTo",
        $"{Loader}::.ctor", $"{Loader}::Add", $"{Loader}::Complete",
        $"{Replay}::.ctor", $"{Replay}::Insert", $"{Replay}::Update", $"{Replay}::Delete", $"{Replay}::Apply",
        $"{Replay}::BeginCompletion", $"{Replay}::RunStep", $"{Replay}::Complete",
        "Interstice.Kernel.Migrations.StateMigration::Run",
    ];

    // Projections, and their undo, are the only writers of tables (docs/architecture.md, invariant 2).
    [Fact]
    public void Tables_are_written_by_projections_alone()
    {
        var strangers = new List<string>();
        var callers = new List<string>();
        foreach (string name in ProductAssemblies.Names)
        {
            using AssemblyDefinition assembly = ProductAssemblies.Read(name);
            foreach (MemberUse use in MemberUse.Scan(assembly).Where(use => Writers.Contains(use.Used)))
                (IsAllowed(use.User) ? callers : strangers).Add($"{use.User} calls {use.Used}");
        }

        strangers.Distinct().ShouldBeEmpty();
        callers.ShouldContain(call => call.StartsWith("Interstice.Host.Projections.", StringComparison.Ordinal));
    }

    // A renamed writer would leave the test above without anything to find.
    [Fact]
    public void Every_public_writer_of_a_table_is_watched()
    {
        using AssemblyDefinition kernel = ProductAssemblies.Read("Interstice.Kernel");
        string[] reading = ["TryGet", "Scan", "ComputeHashFromRows", "Verify", "ToString"];
        string[] watched = [.. kernel.MainModule.GetType(Table).Methods
            .Where(method => method is { IsPublic: true, IsGetter: false } && !reading.Contains(method.Name))
            .Select(method => $"{Table}::{method.Name}")];
        watched.ShouldBe(Writers.Where(writer => writer.StartsWith(Table + "::", StringComparison.Ordinal)), ignoreOrder: true);
        foreach (string type in (string[])[UndoLog, Loader, Replay])
        {
            string[] writing = [.. kernel.MainModule.GetType(type).Methods
                .Where(method => method is { IsPublic: true, IsGetter: false }).Select(method => $"{type}::{method.Name}")];
            writing.ShouldBe(Writers.Where(writer => writer.StartsWith(type + "::", StringComparison.Ordinal)), ignoreOrder: true);
        }
    }

    private static bool IsAllowed(string user) =>
        user.StartsWith("Interstice.Host.Projections.", StringComparison.Ordinal)
        || user.StartsWith("Interstice.Kernel.Tables.", StringComparison.Ordinal)
        || Migrations.Any(writer => user.StartsWith(writer, StringComparison.Ordinal));
}
