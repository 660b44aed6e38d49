using Interstice.Host.Modules;

namespace Interstice.Host.Tests.Models;

/// <summary>What a step answers.</summary>
/// <param name="Value">The number, or null where it depends on texts.</param>
/// <param name="Content">The bytes, or null where they are a text or <paramref name="Nested"/>.</param>
/// <param name="Nested">What a callee's script answers.</param>
internal sealed record ModelAnswer(int? Value, byte[]? Content, IReadOnlyList<ModelAnswer>? Nested = null)
{
    public static readonly ModelAnswer Nothing = new(0, []);

    public static ModelAnswer Of(int value) => new(value, value < -1 ? null : []);

    /// <summary>What differs between expected and given answers, or null.</summary>
    public static string? Difference(IReadOnlyList<ModelAnswer> expected, ReadOnlySpan<byte> given)
    {
        IReadOnlyList<Tables.Script.Answer> answers = Tables.Script.Answer.ReadAll(given);
        if (answers.Count != expected.Count) return $"{answers.Count} answers, expected {expected.Count}";
        for (int i = 0; i < answers.Count; i++)
            if (expected[i].Difference(answers[i]) is { } difference) return $"answer {i}: {difference}";
        return null;
    }

    private string? Difference(Tables.Script.Answer given)
    {
        if (Value is { } value && value != given.Value) return $"{given.Value} \"{given.Text}\", expected {value}";
        if (Nested is not null) return Difference(Nested, given.Content);
        return Content is null || given.Content.AsSpan().SequenceEqual(Content)
            ? null
            : $"{Convert.ToHexStringLower(given.Content)}, expected {Convert.ToHexStringLower(Content)}";
    }
}

/// <summary>How a script ends.</summary>
internal abstract record ModelEnd
{
    internal sealed record Returned(IReadOnlyList<ModelAnswer> Answers) : ModelEnd;

    internal sealed record Rejected(string Text) : ModelEnd;

    internal sealed record Trapped(ModuleTrapKind Kind) : ModelEnd;
}

/// <summary>Ends a script of the model.</summary>
internal sealed class ModelStop(ModelEnd end) : Exception
{
    public ModelEnd End { get; } = end;
}
