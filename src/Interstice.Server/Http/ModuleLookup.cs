using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Kernel.Schema;
using Interstice.Server.Hosting;

namespace Interstice.Server.Http;

/// <summary>Finds what a request names, or says what is unknown with the nearest name.</summary>
/// <param name="host">The modules.</param>
/// <param name="readiness">Whether the host takes calls.</param>
internal sealed class ModuleLookup(ModuleHost host, Readiness readiness)
{
    /// <summary>Declarations of a module.</summary>
    /// <exception cref="ProblemException">The host takes no calls now, there is no such module, or it has no build.</exception>
    public ModuleSchema Schema(string module)
    {
        ExpectRunning();
        if (host.FindSchema(module) is { } schema) return schema;
        if (!host.Has(module)) throw new ProblemException(ProblemKind.UnknownModule, host.DescribeUnknown(module));
        ModuleStatus? status = host.Status.FirstOrDefault(known => known.Module == module);
        throw new ProblemException(
            ProblemKind.ModuleUnavailable, status?.StoppedBecause ?? $"module {module} has no published build yet");
    }

    /// <summary>A reducer that callers from outside may call.</summary>
    /// <exception cref="ProblemException">There is none, or it is private.</exception>
    public ReducerSchema Reducer(string module, string name)
    {
        ModuleSchema schema = Schema(module);
        ReducerSchema reducer = schema.FindReducer(name)
            ?? throw Unknown(module, "reducer", name, schema.Reducers.Select(known => known.Name));
        ExpectPublic(reducer.Visibility, "reducer", module, name);
        return reducer;
    }

    /// <summary>A query that callers from outside may run.</summary>
    /// <exception cref="ProblemException">There is none, or it is private.</exception>
    public QuerySchema Query(string module, string name)
    {
        ModuleSchema schema = Schema(module);
        QuerySchema query = schema.FindQuery(name)
            ?? throw Unknown(module, "query", name, schema.Queries.Select(known => known.Name));
        ExpectPublic(query.Visibility, "query", module, name);
        return query;
    }

    /// <summary>What publishing a binary would do.</summary>
    /// <exception cref="ModuleRefusedException">It cannot be published, whatever tables there are.</exception>
    public Task<PublicationPlan> PlanAsync(ReadOnlyMemory<byte> binary, string? name) => host.PlanAsync(binary, name);

    /// <summary>The owner of a module that this host follows; null where it follows none, or does not know.</summary>
    /// <param name="module">The module; null for one whose name is not known yet. For one that is not there, the owner of all that are
    /// followed, if it is one.</param>
    public ModuleOwner? Owner(string? module)
    {
        if (module is not null && host.StandingOf(module) is { } standing) return standing.Owner;
        ModuleOwner[] owners = [.. host.Status.Select(known => known.Owner).OfType<ModuleOwner>().DistinctBy(owner => owner.Host)];
        return owners.Length == 1 ? owners[0] : null;
    }

    /// <summary>A table of some declarations that callers from outside may read.</summary>
    /// <exception cref="ProblemException">There is none, or it is private.</exception>
    public static TableSchema Table(ModuleSchema schema, string module, string name)
    {
        TableSchema table = schema.FindTable(name)
            ?? throw Unknown(module, "table", name, schema.Tables.Select(known => known.Name));
        ExpectPublic(table.Visibility, "table", module, name);
        return table;
    }

    /// <summary>Refuses a request while the host takes no calls.</summary>
    /// <exception cref="ProblemException">It takes none.</exception>
    public void ExpectRunning()
    {
        if (readiness.NotRunning() is not var (word, sentence)) return;
        throw new ProblemException(new Problem(ProblemKind.NotReady, sentence, json => json.WriteString("reason", word)));
    }

    /// <summary>Refuses a request for a module that is not there.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    public void ExpectModule(string module)
    {
        ExpectRunning();
        if (!host.Has(module)) throw new ProblemException(ProblemKind.UnknownModule, host.DescribeUnknown(module));
    }

    private static void ExpectPublic(Visibility visibility, string what, string module, string name)
    {
        if (visibility == Visibility.Private)
            throw new ProblemException(ProblemKind.Private, PrivateNames.Describe(what, module, name));
    }

    private static ProblemException Unknown(string module, string what, string name, IEnumerable<string> known) =>
        new(ProblemKind.UnknownMember, UnknownName.Describe($"module {module} has no {what}", name, known));
}
