namespace Interstice.Repository.Tests.Layout;

/// <summary>Where code of src stands.</summary>
internal static class LayoutRules
{
    /// <summary>Most lines of a file.</summary>
    internal const int LinesMax = 400;

    /// <summary>Most types of a file that is named after one of them.</summary>
    internal const int TypesMax = 4;

    /// <summary>Files with more lines, and why.</summary>
    internal static IReadOnlyDictionary<string, string> LongFiles { get; } = new Dictionary<string, string>();

    /// <summary>Files that hold a closed family of small types and are named after the family.</summary>
    internal static IReadOnlySet<string> Families { get; } = new HashSet<string>
    {
        "src/Interstice.Kernel/Expressions/Evaluation/Arithmetic.cs",
        "src/Interstice.Kernel/Expressions/Evaluation/Conditions.cs",
        "src/Interstice.Kernel/Expressions/Evaluation/Constants.cs",
        "src/Interstice.Kernel/Expressions/Evaluation/Fields.cs",
        "src/Interstice.Kernel/Expressions/Evaluation/Orderings.cs",
        "src/Interstice.Kernel/Expressions/Evaluation/Orders.cs",
        "src/Interstice.Kernel/Expressions/Parsing/Syntax.cs",
        "src/Interstice.Kernel/Schema/CompositeTypes.cs",
        "src/Interstice.Kernel/Tables/KeyHead.cs",
        "src/Interstice.Wasm/Binary/ModuleDraft.cs",
    };

    /// <summary>Folders whose namespace is not theirs, and why: the client has the names of the official package, which takes its
    /// place where the feed serves it.</summary>
    internal static IReadOnlyDictionary<string, string> Namespaces { get; } = new Dictionary<string, string>
    {
        ["src/Interstice.EventStoreDb.Protocol/Client"] = "EventStore.Client",
    };

    /// <summary>What is wrong with a file, one sentence each.</summary>
    internal static IEnumerable<string> Violations(SourceFile file)
    {
        string[] parts = file.Path.Split('/');
        string expected = Namespaces.GetValueOrDefault(string.Join('/', parts[..^1])) ?? string.Join('.', parts[1..^1]);
        if (file.Types.Length > 0 && file.Namespace != expected)
            yield return $"{file.Path}: namespace {file.Namespace} should be {expected}, as its folder";
        if (file.Lines > LinesMax && !LongFiles.ContainsKey(file.Path))
            yield return $"{file.Path}: {file.Lines} lines; past {LinesMax} something wants a name of its own";
        if (file.Types.Length == 0 || Families.Contains(file.Path)) yield break;
        if (!file.Types.Contains(file.Subject))
            yield return $"{file.Path}: is named after none of its types ({string.Join(", ", file.Types)})";
        else if (file.Types.Length > TypesMax)
            yield return $"{file.Path}: holds {file.Types.Length} types; one for a file, or a listed family";
    }
}
