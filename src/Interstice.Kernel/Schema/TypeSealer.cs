namespace Interstice.Kernel.Schema;

/// <summary>Completes declared types, each after those that its values hold, and refuses those that hold
/// themselves.</summary>
/// <param name="declared">The declarations, by name.</param>
internal sealed class TypeSealer(Dictionary<string, DeclarationReader> declared)
{
    private readonly Dictionary<string, int> _heights = [];
    private readonly List<Step> _path = [];

    /// <summary>Completes a type and what it holds; returns how many declared types stand inside each other.</summary>
    internal int Seal(NamedType type)
    {
        if (_heights.TryGetValue(type.Name, out int height)) return height;
        CheckPath(type);
        height = 1;
        foreach (FieldSchema part in type.MandatoryParts())
        {
            if (part.Type is not NamedType named) continue;
            _path.Add(new Step(type, part.Name));
            height = Math.Max(height, Seal(named) + 1);
            _path.RemoveAt(_path.Count - 1);
        }

        if (height > SchemaLimits.TypeDepthMax) throw TooDeep(type);
        CheckSize(type);
        type.Seal();
        _heights.Add(type.Name, height);
        return height;
    }

    private void CheckPath(NamedType type)
    {
        int start = _path.FindIndex(step => ReferenceEquals(step.Type, type));
        if (start >= 0)
        {
            IEnumerable<string> steps = _path[start..].Select(step => $"{step.Type}.{step.Part}");
            string path = string.Join(" > ", steps.Append(type.Name));
            throw Error(type, SchemaErrorKind.RecursiveType,
                $"contains itself ({path}); put option, list or map in between");
        }

        // Bounds this recursion too, whatever the order of the declarations.
        if (_path.Count >= SchemaLimits.TypeDepthMax) throw TooDeep(_path[0].Type);
    }

    private void CheckSize(NamedType type)
    {
        // Every part has a bounded size already, so the sum cannot overflow a long.
        long length = type is EnumType ? 1 : type.MandatoryParts().Sum(part => (long)part.Type.MinLength);
        if (length <= SchemaLimits.ValueMinLengthMax) return;
        throw Error(type, SchemaErrorKind.TypeTooLarge,
            $"takes at least {length} bytes; {SchemaLimits.ValueMinLengthMax} are allowed");
    }

    private SchemaException TooDeep(NamedType type) => Error(type, SchemaErrorKind.TypeTooLarge,
        $"has more than {SchemaLimits.TypeDepthMax} declared types inside each other; "
        + "put option, list or map in between");

    private SchemaException Error(NamedType type, SchemaErrorKind kind, string problem)
    {
        DeclarationReader reader = declared[type.Name];
        return reader.Error(kind, $"{reader.Subject} {problem}");
    }

    private sealed record Step(NamedType Type, string Part);
}
