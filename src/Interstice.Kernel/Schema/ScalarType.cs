namespace Interstice.Kernel.Schema;

/// <summary>A type without parts. One object for each kind: <see cref="Of"/>.</summary>
public sealed class ScalarType : DataType
{
    private static readonly string[] Names =
    [
        "bool", "i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128",
        "f32", "f64", "string", "bytes", "uuid", "timestamp", "duration", "identity",
    ];

    private static readonly ScalarType[] Instances = CreateAll();

    private ScalarType(ScalarKind kind)
        : base(TypeShape.Scalar)
    {
        Kind = kind;
        int length = LengthOf(kind);
        bool isChecked = kind is ScalarKind.Bool or ScalarKind.F32 or ScalarKind.F64;
        SetLayout(length, length < 0 ? sizeof(uint) : length, length > 0 && !isChecked, 0);
    }

    /// <summary>Which one it is.</summary>
    public ScalarKind Kind { get; }

    /// <summary>Its name in declarations.</summary>
    public string Name => Names[(int)Kind];

    /// <summary>Whether it is one of the ten integer types; timestamps and durations are not.</summary>
    public bool IsInteger => Kind is >= ScalarKind.I8 and <= ScalarKind.U128;

    /// <summary>The names of all scalar types, in the order of <see cref="ScalarKind"/>.</summary>
    internal static IReadOnlyList<string> AllNames => Names;

    /// <summary>The type of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public static ScalarType Of(ScalarKind kind) => Instances[(int)kind];

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static ScalarType? Find(ReadOnlySpan<char> name)
    {
        foreach (ScalarType type in Instances)
            if (name.SequenceEqual(type.Name)) return type;
        return null;
    }

    private static ScalarType[] CreateAll()
    {
        var all = new ScalarType[Names.Length];
        for (int i = 0; i < all.Length; i++) all[i] = new ScalarType((ScalarKind)i);
        return all;
    }

    private static int LengthOf(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool or ScalarKind.I8 or ScalarKind.U8 => 1,
        ScalarKind.I16 or ScalarKind.U16 => 2,
        ScalarKind.I32 or ScalarKind.U32 or ScalarKind.F32 => 4,
        ScalarKind.I64 or ScalarKind.U64 or ScalarKind.F64 or ScalarKind.Timestamp or ScalarKind.Duration => 8,
        ScalarKind.I128 or ScalarKind.U128 or ScalarKind.Uuid => 16,
        ScalarKind.Identity => 32,
        _ => -1,
    };
}
