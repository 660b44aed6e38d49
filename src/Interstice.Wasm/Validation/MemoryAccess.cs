using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

/// <summary>A load or store: the kind of its value and its natural alignment as the exponent of a power of
/// two.</summary>
internal readonly record struct MemoryAccess(ValueKind Value, uint NaturalAlignment)
{
    private static readonly MemoryAccess[] Table =
    [
        new(ValueKind.I32, 2), new(ValueKind.I64, 3), new(ValueKind.F32, 2), new(ValueKind.F64, 3),
        new(ValueKind.I32, 0), new(ValueKind.I32, 0), new(ValueKind.I32, 1), new(ValueKind.I32, 1),
        new(ValueKind.I64, 0), new(ValueKind.I64, 0), new(ValueKind.I64, 1), new(ValueKind.I64, 1),
        new(ValueKind.I64, 2), new(ValueKind.I64, 2),
        new(ValueKind.I32, 2), new(ValueKind.I64, 3), new(ValueKind.F32, 2), new(ValueKind.F64, 3),
        new(ValueKind.I32, 0), new(ValueKind.I32, 1),
        new(ValueKind.I64, 0), new(ValueKind.I64, 1), new(ValueKind.I64, 2),
    ];

    /// <summary>The access of an instruction from <c>i32.load</c> to <c>i64.store32</c>.</summary>
    public static MemoryAccess Of(Opcode opcode) => Table[opcode - Opcode.I32Load];

    /// <summary>Whether the instruction stores.</summary>
    public static bool IsStore(Opcode opcode) => opcode >= Opcode.I32Store;
}
