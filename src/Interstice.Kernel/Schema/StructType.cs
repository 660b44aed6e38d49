using System.Collections.Immutable;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Schema;

/// <summary>A declared type with fields in order.</summary>
public sealed class StructType : NamedType
{
    private RowCodec? _codec;

    /// <summary>Makes one whose field types are complete.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fields">1 to <see cref="SchemaLimits.FieldsMax"/> fields.</param>
    /// <exception cref="ArgumentException">No fields or too many.</exception>
    public StructType(string name, ImmutableArray<FieldSchema> fields)
        : this(name)
    {
        if (fields.IsDefaultOrEmpty || fields.Length > SchemaLimits.FieldsMax)
            throw new ArgumentException($"a struct has 1 to {SchemaLimits.FieldsMax} fields", nameof(fields));
        Fields = fields;
        Seal();
    }

    internal StructType(string name)
        : base(TypeShape.Struct, name)
    {
    }

    /// <summary>The fields, in the order of the encoding.</summary>
    public ImmutableArray<FieldSchema> Fields { get; internal set; } = [];

    /// <summary>Checks and takes apart values.</summary>
    public RowCodec Codec => _codec ?? throw new InvalidOperationException($"type {Name} is not complete");

    internal override IEnumerable<FieldSchema> MandatoryParts() => Fields;

    internal override void Seal()
    {
        _codec = new RowCodec(Fields);
        SetLayout(_codec.FixedLength ?? -1, _codec.MinLength, _codec.IsPlain, _codec.PlainHeight + 1);
    }
}
