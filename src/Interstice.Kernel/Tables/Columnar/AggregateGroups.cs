using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Interstice.Kernel.Mutations;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Groups of rows while they are counted and added up.</summary>
/// <param name="query">What is wanted.</param>
/// <param name="group">The column of groups and its texts; null without groups.</param>
/// <param name="columns">The columns of the aggregates and their texts, in their order.</param>
internal sealed class AggregateGroups(
    AggregateQuery query, (ColumnLayout Layout, ByteKeyMap? Texts)? group, (ColumnLayout Layout, ByteKeyMap? Texts)[] columns)
{
    private readonly Dictionary<ulong, int> _slots = [];
    private readonly List<(bool IsNull, ulong Code)> _keys = [];
    private readonly List<long> _counts = [];
    private readonly List<Accumulator> _values = [];
    private int _nullSlot = -1;

    /// <summary>The group of a code, which is made if it is new.</summary>
    internal int SlotOf(ulong code)
    {
        ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, code, out bool isThere);
        if (!isThere) slot = Add(isNull: false, code);
        return slot;
    }

    /// <summary>The group of null; without groups, that of all rows.</summary>
    internal int NullSlot() => _nullSlot >= 0 ? _nullSlot : _nullSlot = Add(isNull: true, 0);

    internal void Count(int slot, long rows) => CollectionsMarshal.AsSpan(_counts)[slot] += rows;

    internal ref Accumulator Value(int slot, int aggregate) =>
        ref CollectionsMarshal.AsSpan(_values)[(slot * columns.Length) + aggregate];

    /// <summary>Takes a value into account.</summary>
    internal void Add(int slot, int aggregate, ulong code)
    {
        ref Accumulator value = ref Value(slot, aggregate);
        (ColumnLayout layout, ByteKeyMap? texts) = columns[aggregate];
        switch (query.Aggregates[aggregate].Function)
        {
            case AggregateFunction.Sum when layout.Kind == CodeKind.Float:
                value.FloatSum += ColumnLayout.ToDouble(code);
                break;
            case AggregateFunction.Sum:
                value.Sum += code;
                break;
            case AggregateFunction.Min:
                if (value.Count == 0 || Compare(texts, code, value.Code) < 0) value.Code = code;
                break;
            default:
                if (value.Count == 0 || Compare(texts, code, value.Code) > 0) value.Code = code;
                break;
        }

        value.Count++;
    }

    /// <summary>The groups in the order of their keys, null first.</summary>
    internal ImmutableArray<AggregateGroup> ToResult()
    {
        int[] slots = [.. Enumerable.Range(0, _keys.Count)];
        Array.Sort(slots, CompareKeys);
        return [.. slots.Select(slot => new AggregateGroup(
            _keys[slot].IsNull || group is null ? new AggregateValue.Nothing() : ValueOf(group.Value.Layout, group.Value.Texts, _keys[slot].Code),
            _counts[slot],
            [.. columns.Select((_, aggregate) => Result(Value(slot, aggregate), aggregate))]))];
    }

    private AggregateValue Result(in Accumulator value, int aggregate)
    {
        if (value.Count == 0) return new AggregateValue.Nothing();
        (ColumnLayout layout, ByteKeyMap? texts) = columns[aggregate];
        if (query.Aggregates[aggregate].Function != AggregateFunction.Sum) return ValueOf(layout, texts, value.Code);
        if (layout.Kind == CodeKind.Float) return new AggregateValue.Float(value.FloatSum);

        // Each code of a number with a sign is 2^63 above the number.
        Int128 flipped = layout.Kind == CodeKind.Signed ? (Int128)value.Count << 63 : 0;
        return new AggregateValue.Integer((Int128)value.Sum - flipped);
    }

    private int Add(bool isNull, ulong code)
    {
        _keys.Add((isNull, code));
        _counts.Add(0);
        for (int i = 0; i < columns.Length; i++) _values.Add(default);
        return _keys.Count - 1;
    }

    private int CompareKeys(int left, int right)
    {
        if (_keys[left].IsNull || _keys[right].IsNull) return _keys[right].IsNull.CompareTo(_keys[left].IsNull);
        return Compare(group?.Texts, _keys[left].Code, _keys[right].Code);
    }

    private static int Compare(ByteKeyMap? texts, ulong left, ulong right) =>
        texts is null ? left.CompareTo(right) : left == right ? 0 : texts[(int)left].SequenceCompareTo(texts[(int)right]);

    private static AggregateValue.OfColumn ValueOf(ColumnLayout layout, ByteKeyMap? texts, ulong code) =>
        new(layout.Value, texts is null ? layout.ToCanonical(code) : layout.ToCanonical(texts[(int)code]));

    /// <summary>One aggregate of one group.</summary>
    internal struct Accumulator
    {
        internal UInt128 Sum;
        internal double FloatSum;
        internal ulong Code;
        internal long Count;
    }
}
