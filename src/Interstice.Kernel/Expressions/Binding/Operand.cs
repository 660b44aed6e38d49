using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Expressions.Binding;

/// <summary>A part of an expression whose names and types are known.</summary>
/// <param name="Term">What evaluates it.</param>
/// <param name="Kind">What operators it takes.</param>
/// <param name="Type">Its type, for messages: <c>i64</c>, <c>Status</c>, <c>integer</c>.</param>
/// <param name="Syntax">Where it stands.</param>
internal sealed record Operand(Term Term, ValueKind Kind, string Type, Syntax Syntax)
{
    /// <summary>The enum of a variant.</summary>
    internal EnumType? Enum { get; init; }

    /// <summary>Whether it is a variant that stands in the expression by name.</summary>
    internal bool IsNamedVariant { get; init; }

    internal bool IsFloat => Kind is ValueKind.F32 or ValueKind.F64;

    internal bool IsNumber => Kind == ValueKind.Integer || IsFloat;

    internal Term<bool> Condition => (Term<bool>)Term;

    internal Term<ReadOnlySpan<byte>> Bytes => (Term<ReadOnlySpan<byte>>)Term;

    internal Term<long> Long => (Term<long>)Term;

    /// <summary>The value of an integer, whichever way it is evaluated.</summary>
    internal Term<WideInteger> Wide => Term switch
    {
        Term<WideInteger> wide => wide,
        Constant<long> constant => new Constant<WideInteger>(WideInteger.From(constant.Value)),
        _ => new Widening(Long),
    };

    /// <summary>The value of a number as a double, rounded if need be.</summary>
    internal Term<double> Float => Term switch
    {
        Term<double> number => number,
        _ when Wide is Constant<WideInteger> constant => new Constant<double>(constant.Value.ToDouble()),
        _ => new Rounding(Wide),
    };
}
