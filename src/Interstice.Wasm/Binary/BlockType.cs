namespace Interstice.Wasm.Binary;

/// <summary>The type of a block as written: a type index, one result or nothing.</summary>
/// <param name="TypeIndex">Index into <see cref="WasmModule.Types"/>, or -1.</param>
/// <param name="Result">The one result, when there is no type index and the block has a result.</param>
public readonly record struct BlockType(int TypeIndex, ValueKind? Result)
{
    private static readonly FunctionType Empty = new([], []);

    /// <summary>No parameters, no results.</summary>
    public static BlockType None { get; } = new(-1, null);

    /// <summary>Parameters and results of the block.</summary>
    /// <param name="types">The types of the module; the index must be one of theirs.</param>
    public FunctionType Resolve(IReadOnlyList<FunctionType> types) =>
        TypeIndex >= 0 ? types[TypeIndex] : Result is { } kind ? OneResult(kind) : Empty;

    private static FunctionType OneResult(ValueKind kind) => kind switch
    {
        ValueKind.I32 => Single.I32,
        ValueKind.I64 => Single.I64,
        ValueKind.F32 => Single.F32,
        ValueKind.F64 => Single.F64,
        ValueKind.FuncRef => Single.FuncRef,
        _ => Single.ExternRef,
    };

    private static class Single
    {
        public static readonly FunctionType I32 = new([], [ValueKind.I32]);
        public static readonly FunctionType I64 = new([], [ValueKind.I64]);
        public static readonly FunctionType F32 = new([], [ValueKind.F32]);
        public static readonly FunctionType F64 = new([], [ValueKind.F64]);
        public static readonly FunctionType FuncRef = new([], [ValueKind.FuncRef]);
        public static readonly FunctionType ExternRef = new([], [ValueKind.ExternRef]);
    }
}
