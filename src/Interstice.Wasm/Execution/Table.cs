using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>A table of references. Used by one thread at a time.</summary>
/// <remarks>Each instance that calls through the table has a view of it: native entries that its code reads without
/// touching the objects here. Every write goes through this class, which keeps the views right.</remarks>
public sealed partial class Table : External
{
    private readonly List<TableView> _views = [];
    private readonly uint _entriesCap;
    private object?[] _items;
    private object?[]? _image;
    private bool _isDirty;

    /// <summary>Makes a table of nulls.</summary>
    /// <param name="elementKind"><see cref="ValueKind.FuncRef"/> or <see cref="ValueKind.ExternRef"/>.</param>
    /// <param name="minimum">First number of entries.</param>
    /// <param name="maximum">Most entries by its type; growing past it fails with -1.</param>
    /// <param name="entriesCap">Most entries that the host allows; growing past it traps.</param>
    /// <exception cref="WasmTrapException"><paramref name="minimum"/> is above
    /// <paramref name="entriesCap"/>.</exception>
    public Table(ValueKind elementKind, uint minimum, uint? maximum = null, uint entriesCap = 10_000_000)
    {
        if (elementKind is not (ValueKind.FuncRef or ValueKind.ExternRef))
        {
            throw new ArgumentException($"a table holds references, not {elementKind}", nameof(elementKind));
        }

        ElementKind = elementKind;
        Maximum = maximum;
        _entriesCap = Math.Min(entriesCap, (uint)Array.MaxLength / 4);
        if (minimum > _entriesCap) throw LimitExceeded(minimum);
        _items = new object?[minimum];
        Length = minimum;
    }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Table;

    /// <summary>Kind of its references.</summary>
    public ValueKind ElementKind { get; }

    /// <summary>Present number of entries.</summary>
    public uint Length { get; private set; }

    /// <summary>Most entries by its type, if it states any.</summary>
    public uint? Maximum { get; }

    /// <summary>One entry.</summary>
    /// <param name="index">Its index.</param>
    /// <exception cref="WasmTrapException">The index is past the end.</exception>
    public Value this[uint index]
    {
        get => Value.FromReference(ElementKind, Get(index));
        set
        {
            if (value.Kind != ElementKind)
            {
                throw new InvalidOperationException($"the table holds {ElementKind}, not {value.Kind}");
            }

            Set(index, value.Reference);
        }
    }

    /// <summary>Grows, as <c>table.grow</c> does.</summary>
    /// <param name="entries">How many entries more.</param>
    /// <param name="value">What they hold.</param>
    /// <returns>The number of entries before, or -1 when the type's maximum would be passed.</returns>
    /// <exception cref="WasmTrapException">The host's limit would be passed.</exception>
    public int Grow(uint entries, Value value) => Grow(entries, value.Reference);

    internal override string Describe() =>
        $"table of {Length} {ElementKind.ToString().ToLowerInvariant()}, maximum {Maximum?.ToString() ?? "none"}";
}
