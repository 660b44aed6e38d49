namespace Interstice.Wasm.Spec.Suites;

/// <summary>One command of a suite file.</summary>
/// <param name="Line">Line of the original text file.</param>
/// <param name="Kind">Kind as wast2json calls it, <c>assert_return</c> for example.</param>
public abstract record SuiteCommand(int Line, string Kind)
{
    /// <summary>Makes an instance that later commands use.</summary>
    public sealed record Module(int Line, string Kind, string? Name, SuiteModule Binary) : SuiteCommand(Line, Kind);

    /// <summary>Lets later modules import from an instance.</summary>
    public sealed record Register(int Line, string Kind, string? Name, string As) : SuiteCommand(Line, Kind);

    /// <summary>Does something that must succeed.</summary>
    public sealed record Act(int Line, string Kind, SuiteAction Action) : SuiteCommand(Line, Kind);

    /// <summary>Does something that must give these values.</summary>
    public sealed record Return(int Line, string Kind, SuiteAction Action, IReadOnlyList<SuiteValue> Expected)
        : SuiteCommand(Line, Kind);

    /// <summary>Does something that must trap, running out of stack included.</summary>
    public sealed record Trap(int Line, string Kind, SuiteAction Action, string Text) : SuiteCommand(Line, Kind);

    /// <summary>Loads a module that must be refused: malformed, invalid, unlinkable or uninstantiable.</summary>
    public sealed record Refusal(int Line, string Kind, SuiteModule Binary, string Text) : SuiteCommand(Line, Kind);

    /// <summary>A kind that this runner does not know.</summary>
    public sealed record Unknown(int Line, string Kind) : SuiteCommand(Line, Kind);
}

/// <summary>The module of a command.</summary>
/// <param name="FileName">Its file, beside the JSON.</param>
/// <param name="IsText">Whether it is in the text format, which the engine does not read.</param>
public sealed record SuiteModule(string FileName, bool IsText);
