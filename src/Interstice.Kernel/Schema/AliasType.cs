namespace Interstice.Kernel.Schema;

/// <summary>A declared name for another type, encoded as that type.</summary>
public sealed class AliasType : NamedType
{
    private DataType? _target;

    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="target">What it wraps; complete.</param>
    public AliasType(string name, DataType target)
        : this(name)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
        Seal();
    }

    internal AliasType(string name)
        : base(TypeShape.Alias, name)
    {
    }

    /// <summary>What it wraps.</summary>
    public DataType Target
    {
        get => _target ?? throw new InvalidOperationException($"type {Name} is not complete");
        internal set => _target = value;
    }

    internal override IEnumerable<FieldSchema> MandatoryParts() => [new FieldSchema("alias", Target)];

    internal override void Seal() =>
        SetLayout(Target.FixedLengthOrMinusOne, Target.MinLength, Target.IsPlain, Target.PlainHeight);
}
