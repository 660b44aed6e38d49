using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <summary>The type of a column, field, parameter, payload or result. A closed family: <see cref="ScalarType"/>,
/// <see cref="OptionType"/>, <see cref="ListType"/>, <see cref="MapType"/> and the declared ones,
/// <see cref="StructType"/>,
/// <see cref="EnumType"/> and <see cref="AliasType"/>.</summary>
/// <remarks>Immutable once its schema is parsed. Types may be recursive through option, list and map, so whoever walks
/// them keeps track of the declared types already seen. Equality is structural and ends on recursive types.</remarks>
public abstract class DataType : IEquatable<DataType>
{
    private int _fixedLength = -1;

    private protected DataType(TypeShape shape) => Shape = shape;

    /// <summary>Which member of the family this is.</summary>
    public TypeShape Shape { get; }

    /// <summary>Bytes of every value in the canonical encoding, or null where values differ in length.</summary>
    public int? FixedLength => _fixedLength < 0 ? null : _fixedLength;

    /// <summary>Bytes of the shortest value in the canonical encoding; at least 1.</summary>
    public int MinLength { get; private set; }

    /// <summary>The type under all its named wrappers; itself if it is no <see cref="AliasType"/>.</summary>
    public DataType Resolved
    {
        get
        {
            DataType type = this;
            while (type is AliasType alias) type = alias.Target;
            return type;
        }
    }

    /// <summary>Whether values may be primary keys, members of unique indexes and keys of maps.</summary>
    public bool IsKey => KeyTypes.IsKey(this, floats: false);

    /// <summary>Whether values may be members of a secondary index that is not unique: the key types and
    /// floats.</summary>
    public bool IsIndexable => KeyTypes.IsKey(this, floats: true);

    /// <summary>Length of every value, or -1.</summary>
    internal int FixedLengthOrMinusOne => _fixedLength;

    /// <summary>Whether each sequence of <see cref="FixedLength"/> bytes is a value, so that nothing needs a
    /// look.</summary>
    internal bool IsPlain { get; private set; }

    /// <summary>Of a plain type: how many structs stand inside each other in a value.</summary>
    internal int PlainHeight { get; private set; }

    /// <summary>Reads a type that uses no declared ones, such as <c>map&lt;string,list&lt;u64&gt;&gt;</c>.</summary>
    /// <param name="text">The type, without spaces.</param>
    /// <exception cref="SchemaException">The text is no type.</exception>
    public static DataType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scope = new TypeScope();
        DataType type = scope.Parse(text, "type", 0);
        scope.CheckMapKeys();
        return type;
    }

    /// <inheritdoc/>
    public bool Equals(DataType? other) => other is not null && TypeEquality.AreEqual(this, other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as DataType);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => ((int)Shape * 31) + FixedLengthOrMinusOne;

    /// <summary>The type as it stands in a declaration: <c>option&lt;u64&gt;</c>, <c>Address</c>.</summary>
    public abstract override string ToString();

    private protected void SetLayout(int fixedLength, int minLength, bool isPlain, int plainHeight)
    {
        _fixedLength = fixedLength;
        MinLength = minLength;
        IsPlain = isPlain;
        PlainHeight = plainHeight;
    }
}
