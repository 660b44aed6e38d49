using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Stores;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Inspection;

/// <summary>Finds modules and what they declare; whatever is unknown is answered with the nearest name.</summary>
internal static class ModuleLookup
{
    /// <summary>Checks that a store has a module.</summary>
    /// <exception cref="CliException">It has not.</exception>
    public static async Task ExpectAsync(IEventStore store, string module, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> known = await ModuleList.ReadAsync(store, cancellationToken).ConfigureAwait(false);
        if (!known.Contains(module, StringComparer.Ordinal)) throw UnknownModule(module, known);
    }

    /// <summary>Rebuilds one module's tables from a snapshot and the events after it. No code of the module is
    /// loaded.</summary>
    /// <param name="session">The session; shows progress.</param>
    /// <param name="store">The store.</param>
    /// <param name="module">The module.</param>
    /// <param name="at">The revision wanted; null for the last one.</param>
    /// <exception cref="CliException">There is no such module or revision.</exception>
    public static async Task<ModuleProjection> ProjectAsync(
        Session session,
        OpenStore store,
        string module,
        Revision? at)
    {
        await ExpectAsync(store.Events, module, session.Stopping).ConfigureAwait(false);
        if (at is { } wanted)
        {
            Revision last = await store.Events
                .GetLastRevisionAsync(StreamNames.Module(module), session.Stopping)
                .ConfigureAwait(false);
            if (wanted > last)
            {
                throw new CliException(
                    ExitCode.Usage,
                    $"module {module} has no revision {wanted}; its last one is {last}");
            }
        }

        session.Progress.Begin($"replaying {module}");
        (ModuleProjection projection, ReplayResult result) = await ModuleStart
            .RunAsync(
                store.Snapshots,
                store.Events,
                module,
                at,
                TimeProvider.System,
                new ReplayDisplay(session.Progress),
                session.Stopping)
            .ConfigureAwait(false);
        session.Progress.Clear();
        SnapshotAccess.Report(result.Refused);
        return projection;
    }

    /// <summary>The declarations of a rebuilt module.</summary>
    /// <exception cref="CliException">Nothing was published yet.</exception>
    public static ModuleSchema SchemaOf(ModuleProjection projection) => projection.Schema ?? throw new CliException(
        ExitCode.Failed,
        $"module {projection.Module} has no published build at revision {projection.Revision}");

    /// <summary>A table of a module.</summary>
    /// <exception cref="CliException">There is none of that name.</exception>
    public static TableSchema FindTable(ModuleSchema schema, QualifiedName name) =>
        schema.FindTable(name.Member) ?? throw Unknown(
            $"module {name.Module} has no table",
            name.Member,
            schema.Tables.Select(table => table.Name));

    /// <summary>The failure for a name that does not exist.</summary>
    public static CliException Unknown(string what, string name, IEnumerable<string> known) =>
        new(ExitCode.Usage, UnknownName.Describe(what, name, known));

    private static CliException UnknownModule(string module, IReadOnlyList<string> known) => known.Count == 0
        ? new(
            ExitCode.Usage,
            $"there is no module \"{module}\": the store holds none; publish one with interstice publish FILE")
        : Unknown("there is no module", module, known);
}
