using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Expressions.Binding;

/// <summary>Turns an expression as written into terms that evaluate it: finds columns, gives literals their types and checks
/// what operators are given.</summary>
internal sealed partial class Binder(string text, RowCodec row, string subject)
{
    private readonly SortedSet<int> _columns = [];

    /// <summary>The columns met so far.</summary>
    internal IEnumerable<int> Columns => _columns;

    internal Term<bool> BindCondition(Syntax syntax)
    {
        Operand operand = Bind(syntax);
        if (operand.Kind == ValueKind.Condition) return operand.Condition;
        throw Error(ExpressionErrorKind.NotACondition, syntax,
            $"expected a condition, found {Describe(operand)}; compare it with something");
    }

    private Operand Bind(Syntax syntax) => syntax switch
    {
        NumberSyntax number => Number(number),
        TextSyntax literal => Literal(literal, ValueKind.String, "string", literal),
        TypedTextSyntax typed => Typed(typed),
        BooleanSyntax boolean => Condition(new Constant<bool>(boolean.Value), boolean),
        NameSyntax name => Name(name),
        GroupSyntax group => Bind(group.Inner) with { Syntax = group },
        NotSyntax inversion => Condition(new Inversion(BindCondition(inversion.Operand)), inversion),
        NegationSyntax negation => Negation(negation),
        ArithmeticSyntax arithmetic => Arithmetic(arithmetic),
        LogicSyntax logic => Condition(Logic(logic), logic),
        ComparisonSyntax comparison => Condition(Comparison(comparison), comparison),
        NullTestSyntax test => Condition(Not(test.IsNegated, new NullTest(Bind(test.Operand).Term)), test),
        MembershipSyntax membership => Condition(Not(membership.IsNegated, Membership(membership)), membership),
        RangeSyntax range => Condition(Not(range.IsNegated, Range(range)), range),
        LikeSyntax like => Condition(Not(like.IsNegated, Like(like)), like),
        _ => throw new InvalidOperationException($"{syntax.GetType().Name} is not bound"),
    };

    private static Operand Condition(Term<bool> term, Syntax syntax) => new(term, ValueKind.Condition, "bool", syntax);

    private static Term<bool> Not(bool isNegated, Term<bool> term) => isNegated ? new Inversion(term) : term;

    private Term<bool> Logic(LogicSyntax syntax)
    {
        Term<bool>[] parts = [.. syntax.Parts.Select(BindCondition)];
        return syntax.IsAnd ? new Conjunction(parts) : new Disjunction(parts);
    }

    private LikeTest Like(LikeSyntax syntax)
    {
        Operand operand = Bind(syntax.Operand);
        if (operand.Kind != ValueKind.String)
            throw Error(ExpressionErrorKind.TypeMismatch, syntax.Operand, $"like takes a string, not {Describe(operand)}");
        LikePattern? pattern = LikePattern.TryParse(syntax.Pattern.Value, out string problem);
        if (pattern is null) throw Error(ExpressionErrorKind.InvalidPattern, syntax.Pattern, problem);
        return new LikeTest(operand.Bytes, pattern);
    }

    /// <summary>An operand as messages show it: <c>balance, which is i64</c>.</summary>
    private string Describe(Operand operand) => $"{Written(operand.Syntax)}, which is {operand.Type}";

    private string Written(Syntax syntax)
    {
        const int shown = 40;
        int length = syntax.End - syntax.Start;
        return length <= shown ? text.Substring(syntax.Start, length) : $"{text.AsSpan(syntax.Start, shown - 1)}…";
    }

    private ExpressionException Error(ExpressionErrorKind kind, Syntax syntax, string problem) =>
        new(kind, text, syntax.Start, syntax.End - syntax.Start, problem);
}
