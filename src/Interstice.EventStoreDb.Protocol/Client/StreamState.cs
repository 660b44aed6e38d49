using System.Globalization;

namespace EventStore.Client;

/// <summary>What an append expects of a stream that is not a revision.</summary>
public readonly record struct StreamState
{
    private readonly int _value;

    private StreamState(int value) => _value = value;

    /// <summary>It has no events.</summary>
    public static readonly StreamState NoStream = new(-1);

    /// <summary>Anything.</summary>
    public static readonly StreamState Any = new(-2);

    /// <summary>It has events.</summary>
    public static readonly StreamState StreamExists = new(-4);

    /// <summary>The number that stands for it.</summary>
    public static implicit operator int(StreamState streamState) => streamState._value;

    /// <summary>The number that stands for it.</summary>
    public long ToInt64() => _value;

    /// <inheritdoc/>
    public override string ToString() => _value switch
    {
        -1 => nameof(NoStream),
        -2 => nameof(Any),
        -4 => nameof(StreamExists),
        _ => _value.ToString(CultureInfo.InvariantCulture),
    };
}
