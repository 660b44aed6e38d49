using Interstice.Kernel.Expressions.Evaluation;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Turns the terms of a condition into filters on columns, or gives up.</summary>
/// <param name="table">The columns.</param>
internal sealed class ColumnFilterCompiler(ColumnarTable table)
{
    // Integers up to here are doubles without rounding.
    private static readonly UInt128 ExactMost = 1UL << 53;

    internal ColumnFilter? Compile(Term<bool> term) => term switch
    {
        Constant<bool> constant => new ConstantFilter(constant.Value),
        BoolField field when Find(field) is { } column => new RangeFilter(column, 1, 1, isInverted: false),
        Conjunction and => Join(and.Parts, isAnd: true),
        Disjunction or => Join(or.Parts, isAnd: false),
        Inversion not when Compile(not.Operand) is { } inner => new InvertedFilter(inner),
        NullTest test when Find(test.Operand) is { } column => new NullFilter(column),
        Comparison comparison => Compare(comparison.Ordering, comparison.Accepted),
        LikeTest like when FindText(like.Operand) is { } column => Texts(column, text => like.Pattern.Matches(text)),
        Membership<long, LongOrder> membership => Any(membership.Operand, membership.Items),
        Membership<ReadOnlySpan<byte>, BytesOrder> membership => AnyText(membership.Operand, membership.Items),
        _ => null,
    };

    private JoinedFilter? Join(ReadOnlySpan<Term<bool>> parts, bool isAnd)
    {
        var filters = new ColumnFilter[parts.Length];
        for (int i = 0; i < filters.Length; i++)
        {
            if (Compile(parts[i]) is not { } filter) return null;
            filters[i] = filter;
        }

        return new JoinedFilter(filters, isAnd);
    }

    private ColumnFilter? Compare(Ordering ordering, Accepted accepted) => ordering switch
    {
        Ordering<long, LongOrder> { Right: Constant<long> right } numbers => Compare(numbers.Left, right.Value, accepted),
        Ordering<long, LongOrder> { Left: Constant<long> left } numbers => Compare(numbers.Right, left.Value, Turn(accepted)),
        Ordering<WideInteger, WideOrder> { Right: Constant<WideInteger> right } wide => Compare(wide.Left, right.Value, accepted),
        Ordering<WideInteger, WideOrder> { Left: Constant<WideInteger> left } wide => Compare(wide.Right, left.Value, Turn(accepted)),
        Ordering<double, FloatOrder> { Right: Constant<double> right } floats => Compare(floats.Left, right.Value, accepted),
        Ordering<double, FloatOrder> { Left: Constant<double> left } floats => Compare(floats.Right, left.Value, Turn(accepted)),
        MixedOrdering { Integer: Constant<WideInteger> { Value.Magnitude: var magnitude } whole } mixed when magnitude <= ExactMost =>
            Compare(mixed.Number, whole.Value.ToDouble(), mixed.IsIntegerLeft ? Turn(accepted) : accepted),
        Ordering<bool, BoolOrder> { Right: Constant<bool> right } bools => Compare(bools.Left, right.Value, accepted),
        Ordering<bool, BoolOrder> { Left: Constant<bool> left } bools => Compare(bools.Right, left.Value, Turn(accepted)),
        Ordering<ReadOnlySpan<byte>, BytesOrder> { Right: BytesConstant right } texts => Compare(texts.Left, right.Value, accepted),
        Ordering<ReadOnlySpan<byte>, BytesOrder> { Left: BytesConstant left } texts => Compare(texts.Right, left.Value, Turn(accepted)),
        _ => null,
    };

    private RangeFilter? Compare(Term<long> term, long value, Accepted accepted) =>
        Find(term) is { } column ? Range(column, CodeOf(column, value), accepted) : null;

    private RangeFilter? Compare(Term<double> term, double value, Accepted accepted) =>
        Find(term) is { } column ? Range(column, ColumnLayout.CodeOf(value), accepted) : null;

    private RangeFilter? Compare(Term<bool> term, bool value, Accepted accepted) =>
        Find(term) is { } column ? Range(column, value ? 1UL : 0, accepted) : null;

    // Only u64 is held among the integers that are compared so; every value of it is above a negative one and below a larger one.
    private RangeFilter? Compare(Term<WideInteger> term, WideInteger value, Accepted accepted)
    {
        if (Find(term) is not { } column) return null;
        if (!value.IsNegative && value.Magnitude <= ulong.MaxValue) return Range(column, (ulong)value.Magnitude, accepted);
        bool isAll = (accepted & (value.IsNegative ? Accepted.Greater : Accepted.Less)) != 0;
        return new RangeFilter(column, 0, ulong.MaxValue, isInverted: !isAll);
    }

    private TextFilter? Compare(Term<ReadOnlySpan<byte>> term, byte[] value, Accepted accepted) => FindText(term) is not { } column
        ? null
        : Texts(column, text =>
        {
            int order = text.SequenceCompareTo(value);
            return (accepted & (order < 0 ? Accepted.Less : order > 0 ? Accepted.Greater : Accepted.Equal)) != 0;
        });

    private static RangeFilter Range(StoredColumn column, ulong code, Accepted accepted)
    {
        if (accepted == (Accepted.Less | Accepted.Greater)) return new RangeFilter(column, code, code, isInverted: true);
        bool hasLess = (accepted & Accepted.Less) != 0;
        bool hasEqual = (accepted & Accepted.Equal) != 0;
        bool hasGreater = (accepted & Accepted.Greater) != 0;

        // Nothing is below the least code or above the greatest.
        if (!hasEqual && code == (hasLess ? ulong.MinValue : ulong.MaxValue)) return new RangeFilter(column, 1, 0, isInverted: false);
        ulong low = hasLess ? 0 : hasEqual ? code : code + 1;
        ulong high = hasGreater ? ulong.MaxValue : hasEqual ? code : code - 1;
        return new RangeFilter(column, low, high, isInverted: false);
    }

    private JoinedFilter? Any(Term<long> operand, ReadOnlySpan<Term<long>> items)
    {
        if (Find(operand) is not { } column) return null;
        var filters = new ColumnFilter[items.Length];
        for (int i = 0; i < filters.Length; i++)
        {
            if (items[i] is not Constant<long> item) return null;
            filters[i] = Range(column, CodeOf(column, item.Value), Accepted.Equal);
        }

        return new JoinedFilter(filters, isAnd: false);
    }

    private TextFilter? AnyText(Term<ReadOnlySpan<byte>> operand, ReadOnlySpan<Term<ReadOnlySpan<byte>>> items)
    {
        if (FindText(operand) is not { } column) return null;
        var values = new byte[items.Length][];
        for (int i = 0; i < values.Length; i++)
        {
            if (items[i] is not BytesConstant item) return null;
            values[i] = item.Value;
        }

        return Texts(column, text =>
        {
            foreach (byte[] value in values)
                if (text.SequenceEqual(value)) return true;
            return false;
        });
    }

    // Each text once, however many rows have it.
    private static TextFilter Texts(StoredColumn column, TextTest test)
    {
        bool[] accepted = new bool[column.Texts!.Count];
        for (int i = 0; i < accepted.Length; i++) accepted[i] = test(column.Texts[i]);
        return new TextFilter(column, accepted);
    }

    private StoredColumn? Find(Term term) =>
        term is IField field && table.Column(field.Path.Column) is { } column && column.Layout.Is(field.Path) ? column : null;

    private StoredColumn? FindText(Term term) => Find(term) is { Texts: not null } column ? column : null;

    // Variants and bools are held as they are; other integers with their sign flipped.
    private static ulong CodeOf(StoredColumn column, long value) =>
        column.Layout.Kind == CodeKind.Unsigned ? (ulong)value : ColumnLayout.CodeOf(value);

    private static Accepted Turn(Accepted accepted) =>
        (accepted & Accepted.Equal)
        | ((accepted & Accepted.Less) != 0 ? Accepted.Greater : 0)
        | ((accepted & Accepted.Greater) != 0 ? Accepted.Less : 0);

    private delegate bool TextTest(ReadOnlySpan<byte> text);
}
