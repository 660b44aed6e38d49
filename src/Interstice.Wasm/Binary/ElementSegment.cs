using System.Collections.Immutable;

namespace Interstice.Wasm.Binary;

/// <summary>An element segment.</summary>
/// <param name="Mode">Active, passive or declarative.</param>
/// <param name="ElementKind">Kind of the references.</param>
/// <param name="TableIndex">Table of an active segment, else 0.</param>
/// <param name="Offset">Offset of an active segment, else null.</param>
/// <param name="Items">The references.</param>
public sealed record ElementSegment(
    SegmentMode Mode,
    ValueKind ElementKind,
    int TableIndex,
    ConstantExpression? Offset,
    ImmutableArray<ConstantExpression> Items);
