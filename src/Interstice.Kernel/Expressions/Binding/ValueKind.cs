namespace Interstice.Kernel.Expressions.Binding;

/// <summary>What operators ask of a type; integers of all widths are one kind.</summary>
internal enum ValueKind
{
    Condition,
    Integer,
    F32,
    F64,
    String,
    Bytes,
    Uuid,
    Identity,
    Timestamp,
    Duration,
    Variant,
    Opaque,
}
