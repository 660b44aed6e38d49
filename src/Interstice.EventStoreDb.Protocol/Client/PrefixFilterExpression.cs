namespace EventStore.Client;

/// <summary>A prefix that a filter looks for.</summary>
public readonly record struct PrefixFilterExpression
{
    private readonly string? _value;

    /// <summary>Makes one.</summary>
    public PrefixFilterExpression(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>No prefix.</summary>
    public static readonly PrefixFilterExpression None;

    /// <summary>The prefix.</summary>
    public static implicit operator string?(PrefixFilterExpression value) => value._value;

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
