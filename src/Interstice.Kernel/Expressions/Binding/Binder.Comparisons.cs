using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;

namespace Interstice.Kernel.Expressions.Binding;

/// <content>Comparisons, <c>in</c> and <c>between</c>.</content>
internal sealed partial class Binder
{
    private Comparison Comparison(ComparisonSyntax syntax)
    {
        Accepted accepted = AcceptedBy(syntax.Operator.Kind);
        bool isOrder = accepted is not (Accepted.Equal or (Accepted.Less | Accepted.Greater));
        Operand left = BindFirst(syntax.Left, [syntax.Right]);
        Operand right = BindBeside(syntax.Right, left);
        return new Comparison(Order(left, right, isOrder), accepted);
    }

    private static Accepted AcceptedBy(TokenKind comparison) => comparison switch
    {
        TokenKind.Equal => Accepted.Equal,
        TokenKind.NotEqual => Accepted.Less | Accepted.Greater,
        TokenKind.Less => Accepted.Less,
        TokenKind.LessOrEqual => Accepted.Less | Accepted.Equal,
        TokenKind.Greater => Accepted.Greater,
        _ => Accepted.Greater | Accepted.Equal,
    };

    private Conjunction Range(RangeSyntax syntax)
    {
        Operand operand = BindFirst(syntax.Operand, [syntax.Lower, syntax.Upper]);
        Ordering lower = Order(operand, BindBeside(syntax.Lower, operand), isOrder: true);
        Ordering upper = Order(operand, BindBeside(syntax.Upper, operand), isOrder: true);
        return new Conjunction(
        [
            new Comparison(lower, Accepted.Equal | Accepted.Greater),
            new Comparison(upper, Accepted.Less | Accepted.Equal),
        ]);
    }

    private Term<bool> Membership(MembershipSyntax syntax)
    {
        Operand operand = BindFirst(syntax.Operand, syntax.Items);
        Operand[] items = [.. syntax.Items.Select(item => BindBeside(item, operand))];
        Term<bool>[] comparisons =
            [.. items.Select(item => new Comparison(Order(operand, item, isOrder: false), Accepted.Equal))];
        if (operand.Kind is ValueKind.String or ValueKind.Bytes or ValueKind.Uuid or ValueKind.Identity)
            return new Membership<ReadOnlySpan<byte>, BytesOrder>(operand.Bytes, [.. items.Select(item => item.Bytes)]);
        if (operand.Term is Term<long> narrow && items.All(item => item.Term is Term<long>))
            return new Membership<long, LongOrder>(narrow, [.. items.Select(item => item.Long)]);
        return new Disjunction(comparisons);
    }

    /// <summary>Binds what others are compared with. Where it has no type of its own, it takes that of the first which has.</summary>
    private Operand BindFirst(Syntax first, IEnumerable<Syntax> others)
    {
        if (!IsOpen(first)) return Bind(first);
        Syntax? typed = others.FirstOrDefault(other => !IsOpen(other));
        return typed is null ? Bind(first) : BindBeside(first, Bind(typed));
    }

    /// <summary>Compares two operands.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <param name="isOrder">Whether it matters which is greater.</param>
    private Ordering Order(Operand left, Operand right, bool isOrder)
    {
        if (left.IsNumber && right.IsNumber) return NumberOrder(left, right);
        if (left.Kind != right.Kind || left.Kind == ValueKind.Opaque) throw Incomparable(left, right);
        switch (left.Kind)
        {
            case ValueKind.Condition:
                return new Ordering<bool, BoolOrder>(left.Condition, right.Condition);
            case ValueKind.Timestamp or ValueKind.Duration:
                return new Ordering<long, LongOrder>(left.Long, right.Long);
            case ValueKind.Variant:
                CheckVariants(left, right, isOrder);
                return new Ordering<long, LongOrder>(left.Long, right.Long);
            default:
                return new Ordering<ReadOnlySpan<byte>, BytesOrder>(left.Bytes, right.Bytes);
        }
    }

    private static Ordering NumberOrder(Operand left, Operand right)
    {
        if (left.IsFloat && right.IsFloat) return new Ordering<double, FloatOrder>(left.Float, right.Float);
        if (right.IsFloat) return new MixedOrdering(left.Wide, right.Float, isIntegerLeft: true);
        if (left.IsFloat) return new MixedOrdering(right.Wide, left.Float, isIntegerLeft: false);
        if (left.Term is Term<long> && right.Term is Term<long>) return new Ordering<long, LongOrder>(left.Long, right.Long);
        return new Ordering<WideInteger, WideOrder>(left.Wide, right.Wide);
    }

    private void CheckVariants(Operand left, Operand right, bool isOrder)
    {
        if (!left.Enum!.Equals(right.Enum)) throw Incomparable(left, right);
        if (left.Enum.IsUnit) return;
        if (isOrder)
        {
            throw Error(ExpressionErrorKind.TypeMismatch, left.Syntax,
                $"{left.Type} has variants with payloads and no order; compare with = or <>");
        }

        if (left.IsNamedVariant || right.IsNamedVariant) return;
        throw Error(ExpressionErrorKind.TypeMismatch, right.Syntax,
            $"{left.Type} has variants with payloads; compare with the name of a variant");
    }

    private ExpressionException Incomparable(Operand left, Operand right)
    {
        string hint = left.Kind == ValueKind.Opaque || right.Kind == ValueKind.Opaque
            ? "; only is null, fields and variants can be asked for"
            : left.IsNumber != right.IsNumber && (IsTime(left) || IsTime(right))
                ? "; write the time as a text, such as '2026-01-31' or '90s'" : "";
        return Error(ExpressionErrorKind.TypeMismatch, right.Syntax,
            $"{Describe(left)}, does not compare with {Describe(right)}{hint}");
    }

    private static bool IsTime(Operand operand) => operand.Kind is ValueKind.Timestamp or ValueKind.Duration;
}
