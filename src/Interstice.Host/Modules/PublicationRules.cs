using Interstice.Host.Abi;
using Interstice.Host.Projections;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <summary>What a build must keep to be published. Every refusal says what, where and what to do.</summary>
public static class PublicationRules
{
    private const string EntryShape = "ii:i";

    /// <summary>Reads the declarations of a build and checks imports and exports against them. Executes nothing.</summary>
    /// <param name="code">The build.</param>
    /// <exception cref="ModuleRefusedException">The build cannot be published on any host of this version.</exception>
    public static ModuleSchema Check(IModuleCode code)
    {
        ArgumentNullException.ThrowIfNull(code);
        ModuleSchema schema = ReadSchema(code);
        CheckImports(code, schema);
        CheckExports(code, schema);
        CheckSupported(schema);
        return schema;
    }

    /// <summary>Plans how the tables of a module become those of a build.</summary>
    /// <param name="projection">The module.</param>
    /// <param name="schema">Declarations of the build.</param>
    /// <returns>The steps, in order.</returns>
    /// <exception cref="ModuleRefusedException">There is no way; every reason is told.</exception>
    public static IReadOnlyList<MigrationStep> PlanSteps(ModuleProjection projection, ModuleSchema schema)
    {
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentNullException.ThrowIfNull(schema);
        if (projection.Plan(schema) is not { } plan) return [];
        if (!plan.Refusals.IsEmpty) throw CannotFollow(schema, plan.Refusals);
        return [.. plan.Steps.Select(step => step.Step)];
    }

    /// <summary>Makes the tables of a build, without putting it in force.</summary>
    /// <param name="projection">The module.</param>
    /// <param name="schema">Declarations of the build.</param>
    /// <param name="steps">What <see cref="PlanSteps"/> gave.</param>
    /// <param name="atUs">When, in microseconds since the Unix epoch.</param>
    /// <param name="reducers">Runs reducers among the steps.</param>
    /// <exception cref="ModuleRefusedException">A reducer failed, or a row has no place in the new tables.</exception>
    public static ModuleProjection.Preview Prepare(
        ModuleProjection projection, ModuleSchema schema, IReadOnlyList<MigrationStep> steps, long atUs, IMigrationReducers? reducers = null)
    {
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentNullException.ThrowIfNull(schema);
        try
        {
            return projection.Prepare(schema, steps, atUs, reducers);
        }
        catch (MigrationException fault)
        {
            throw CannotFollow(schema, [fault.Message]);
        }
    }

    private static ModuleRefusedException CannotFollow(ModuleSchema schema, IReadOnlyList<string> reasons) => new(
        ModuleRefusalKind.Incompatible,
        $"module {schema.Name}: its tables do not follow from those that are there: {string.Join("; ", reasons)}")
    {
        Reasons = reasons,
    };

    private static ModuleSchema ReadSchema(IModuleCode code)
    {
        byte[] section = code.ReadCustomSections(ModuleExports.SchemaSection);
        if (section.Length == 0)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Schema,
                $"the binary has no custom section \"{ModuleExports.SchemaSection}\", so it is no Interstice module; " +
                "build it with a guest SDK");
        }

        try
        {
            return ModuleSchema.Parse(section);
        }
        catch (SchemaException fault)
        {
            throw new ModuleRefusedException(ModuleRefusalKind.Schema, fault.Message, fault);
        }
    }

    private static void CheckImports(IModuleCode code, ModuleSchema schema)
    {
        List<string> unknown = [];
        foreach (ModuleImport import in code.Imports)
        {
            string name = $"{import.Module}.{import.Name}";
            if (import.Module != HostFunction.Module)
            {
                unknown.Add(name);
                continue;
            }

            HostFunction? function = HostFunction.Find(import.Name);
            if (function is null) unknown.Add(name);
            else if (function.Shape != import.Shape)
            {
                throw new ModuleRefusedException(
                    ModuleRefusalKind.Import,
                    $"module {schema.Name} imports {name} as {import.Shape}; it is {function.Shape}");
            }
        }

        if (unknown.Count > 0)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Import,
                $"module {schema.Name} imports what the host does not give: {string.Join(", ", unknown)}; only functions of " +
                $"\"{HostFunction.Module}\" may be imported (docs/abi.md)");
        }
    }

    private static void CheckExports(IModuleCode code, ModuleSchema schema)
    {
        Dictionary<string, ModuleExport> exports = code.Exports.ToDictionary(export => export.Name, StringComparer.Ordinal);
        if (!exports.TryGetValue(ModuleExports.Memory, out ModuleExport? memory) || memory.Kind != "memory")
            throw Missing(schema, ModuleExports.Memory, "linear memory");
        Expect(exports, schema, ModuleExports.Allocate, "i:i");
        if (exports.ContainsKey(ModuleExports.Initialize)) Expect(exports, schema, ModuleExports.Initialize, ":");
        foreach (ReducerSchema reducer in schema.Reducers) Expect(exports, schema, ModuleExports.Reducer(reducer.Name), EntryShape);
        foreach (QuerySchema query in schema.Queries) Expect(exports, schema, ModuleExports.Query(query.Name), EntryShape);
        foreach (string reducer in schema.Migrations.Select(migration => migration.Reducer).OfType<string>().Distinct())
            Expect(exports, schema, ModuleExports.Migration(reducer), EntryShape);
    }

    private static void Expect(
        Dictionary<string, ModuleExport> exports,
        ModuleSchema schema,
        string name,
        string letters)
    {
        var shape = new FunctionShape(letters);
        if (!exports.TryGetValue(name, out ModuleExport? export))
            throw Missing(schema, name, $"a function {shape}");
        if (export.Shape != shape)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Export,
                $"module {schema.Name} exports \"{name}\" as {export.Shape}; it must be {shape}");
        }
    }

    private static ModuleRefusedException Missing(ModuleSchema schema, string name, string what) => new(
        ModuleRefusalKind.Export,
        $"module {schema.Name} does not export \"{name}\" ({what}); export it, or remove the declaration that asks for it");

    // What this version would accept and then not do is refused instead.
    private static void CheckSupported(ModuleSchema schema)
    {
        if (MigrationRules.FindProblems(schema) is { IsEmpty: false } problems) throw CannotMigrate(schema, problems);
        if (schema.Reducers.FirstOrDefault(reducer => IsOfPublication(reducer) && reducer.Calls.Length > 0) is { } calling)
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Unsupported,
                $"module {schema.Name}: reducer \"{calling.Name}\" runs within a publication ({calling.Lifecycle!.Value.ToString().ToLowerInvariant()}), which " +
                "changes this module alone, and declares calls of others; let an ordinary reducer call them");
        }
    }

    private static bool IsOfPublication(ReducerSchema reducer) => reducer.Lifecycle is LifecycleRole.Init or LifecycleRole.Upgrade;

    private static ModuleRefusedException CannotMigrate(ModuleSchema schema, IReadOnlyList<string> problems) => new(
        ModuleRefusalKind.Schema, $"module {schema.Name}: {string.Join("; ", problems)}")
    {
        Reasons = problems,
    };
}
