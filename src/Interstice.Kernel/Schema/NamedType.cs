using System.Collections.Immutable;

namespace Interstice.Kernel.Schema;

/// <summary>A type that a module declares: <see cref="StructType"/>, <see cref="EnumType"/> or
/// <see cref="AliasType"/>.</summary>
public abstract class NamedType : DataType
{
    private protected NamedType(TypeShape shape, string name)
        : base(shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
    }

    /// <summary>Its name, different from that of every other type of the module.</summary>
    public string Name { get; }

    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; internal set; } = [];

    /// <inheritdoc/>
    public sealed override string ToString() => Name;

    /// <summary>The types that every value of this one holds, which must be sealed before it.</summary>
    internal abstract IEnumerable<FieldSchema> MandatoryParts();

    /// <summary>Works out lengths and layouts, once all mandatory parts are known.</summary>
    internal abstract void Seal();
}
