namespace Interstice.Kernel.Schema;

/// <summary><c>option&lt;T&gt;</c>: nothing or a value.</summary>
public sealed class OptionType : DataType
{
    /// <summary>Makes one.</summary>
    /// <param name="value">Type of the value, if there is one.</param>
    public OptionType(DataType value)
        : base(TypeShape.Option)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = value;
        SetLayout(-1, 1, false, 0);
    }

    /// <summary>Type of the value, if there is one.</summary>
    public DataType Value { get; }

    /// <inheritdoc/>
    public override string ToString() => $"option<{Value}>";
}

/// <summary><c>list&lt;T&gt;</c>: items in order.</summary>
public sealed class ListType : DataType
{
    /// <summary>Makes one.</summary>
    /// <param name="item">Type of each item.</param>
    public ListType(DataType item)
        : base(TypeShape.List)
    {
        ArgumentNullException.ThrowIfNull(item);
        Item = item;
        SetLayout(-1, sizeof(uint), false, 0);
    }

    /// <summary>Type of each item.</summary>
    public DataType Item { get; }

    /// <inheritdoc/>
    public override string ToString() => $"list<{Item}>";
}

/// <summary><c>map&lt;K,V&gt;</c>: entries with different keys, sorted by the order-preserving encoding of their
/// keys.</summary>
public sealed class MapType : DataType
{
    /// <summary>Makes one.</summary>
    /// <param name="key">Type of the keys; a key type.</param>
    /// <param name="value">Type of the values.</param>
    public MapType(DataType key, DataType value)
        : base(TypeShape.Map)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        Key = key;
        Value = value;
        SetLayout(-1, sizeof(uint), false, 0);
    }

    /// <summary>Type of the keys.</summary>
    public DataType Key { get; }

    /// <summary>Type of the values.</summary>
    public DataType Value { get; }

    /// <inheritdoc/>
    public override string ToString() => $"map<{Key},{Value}>";
}
