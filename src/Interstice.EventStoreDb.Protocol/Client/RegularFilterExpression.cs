using System.Text.RegularExpressions;

namespace EventStore.Client;

/// <summary>A regular expression that a filter looks for.</summary>
public readonly record struct RegularFilterExpression
{
    private readonly string? _value;

    /// <summary>Makes one.</summary>
    public RegularFilterExpression(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>Makes one.</summary>
    public RegularFilterExpression(Regex value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value.ToString();
    }

    /// <summary>No expression.</summary>
    public static readonly RegularFilterExpression None;

    /// <summary>What does not begin with a dollar sign.</summary>
    public static readonly RegularFilterExpression ExcludeSystemEvents = new("^[^\\$].*");

    /// <summary>The expression.</summary>
    public static implicit operator string?(RegularFilterExpression value) => value._value;

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
