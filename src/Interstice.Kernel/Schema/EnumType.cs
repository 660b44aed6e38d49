using System.Collections.Immutable;

namespace Interstice.Kernel.Schema;

/// <summary>A declared type whose values are one of several variants, each with or without a payload.</summary>
public sealed class EnumType : NamedType
{
    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="variants">1 to <see cref="SchemaLimits.VariantsMax"/> variants.</param>
    /// <exception cref="ArgumentException">No variants or too many.</exception>
    public EnumType(string name, ImmutableArray<VariantSchema> variants)
        : this(name)
    {
        if (variants.IsDefaultOrEmpty || variants.Length > SchemaLimits.VariantsMax)
            throw new ArgumentException($"an enum has 1 to {SchemaLimits.VariantsMax} variants", nameof(variants));
        Variants = variants;
        Seal();
    }

    internal EnumType(string name)
        : base(TypeShape.Enum, name)
    {
    }

    /// <summary>The variants; the number of a variant is its index.</summary>
    public ImmutableArray<VariantSchema> Variants { get; internal set; } = [];

    /// <summary>Whether no variant has a payload, which makes the enum a key type.</summary>
    public bool IsUnit { get; private set; }

    internal override IEnumerable<FieldSchema> MandatoryParts() =>
        Variants.Where(variant => variant.Payload is not null)
            .Select(variant => new FieldSchema(variant.Name, variant.Payload!));

    internal override void Seal()
    {
        IsUnit = Variants.All(variant => variant.Payload is null);
        SetLayout(IsUnit ? 1 : -1, 1, false, 0);
    }
}

/// <summary>One variant of an enum.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Payload">Type of what comes with it; null for nothing.</param>
public sealed record VariantSchema(string Name, DataType? Payload)
{
    /// <summary>Keys of its declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; init; } = [];
}
