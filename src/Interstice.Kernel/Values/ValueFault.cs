namespace Interstice.Kernel.Values;

/// <summary>The first thing found wrong with a value, filled while the checks return: each level adds its
/// step.</summary>
internal struct ValueFault
{
    private List<string>? _steps;

    internal ValueErrorKind Kind { get; private set; }

    internal string? Problem { get; private set; }

    internal int Offset { get; private set; }

    /// <summary>Notes what is wrong and returns -1, what a check returns that failed.</summary>
    internal int Set(ValueErrorKind kind, int offset, string problem)
    {
        (Kind, Offset, Problem) = (kind, offset, problem);
        return -1;
    }

    /// <summary>Adds the step that leads to what was reported: <c>.name</c>, <c>[3]</c>.</summary>
    internal int Within(string step)
    {
        (_steps ??= []).Add(step);
        return -1;
    }

    internal readonly ValueError ToError()
    {
        string path = "";
        if (_steps is not null) path = string.Concat(Enumerable.Reverse(_steps)).TrimStart('.');
        return new ValueError(Kind, path, Problem ?? "", Offset);
    }
}
