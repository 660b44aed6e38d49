using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Expressions.Binding;

/// <content>Values that stand in the expression.</content>
internal sealed partial class Binder
{
    private Operand Number(NumberSyntax syntax)
    {
        if (syntax.IsDecimal) return Float(syntax, isSingle: false);
        if (!WideInteger.TryParse(syntax.Digits, syntax.IsNegative, out WideInteger value))
            throw Error(ExpressionErrorKind.InvalidNumber, syntax, "the number is too large; integers have at most 128 bits");
        return new Operand(Integer(value), ValueKind.Integer, "an integer", syntax);
    }

    private Operand Float(NumberSyntax syntax, bool isSingle)
    {
        string digits = syntax.IsNegative ? "-" + syntax.Digits : syntax.Digits;
        if (!LiteralReader.TryReadFloat(digits, isSingle, out double value))
            throw Error(ExpressionErrorKind.InvalidNumber, syntax, $"the number is too large for {(isSingle ? "f32" : "f64")}");
        ValueKind kind = isSingle ? ValueKind.F32 : ValueKind.F64;
        return new Operand(new Constant<double>(value), kind, "a decimal number", syntax);
    }

    private Operand Typed(TypedTextSyntax syntax)
    {
        ScalarType type = ScalarType.Find(syntax.Type.Value)!;
        Operand literal = Literal(syntax.Text, KindOf(type), type.Name, syntax);
        if (!type.IsInteger || LiteralReader.FitsInteger(syntax.Text.Value, type)) return literal;
        throw Invalid(syntax.Text, type.Name, ValueKind.Integer);
    }

    /// <summary>A text as a value of a type.</summary>
    private Operand Literal(TextSyntax syntax, ValueKind kind, string type, Syntax place)
    {
        if (kind is ValueKind.String or ValueKind.Bytes or ValueKind.Uuid or ValueKind.Identity)
        {
            byte[]? bytes = LiteralReader.TryReadBytes(syntax.Value, kind);
            if (bytes is not null) return new Operand(new BytesConstant(bytes), kind, type, place);
        }
        else if (kind is ValueKind.F32 or ValueKind.F64)
        {
            if (LiteralReader.TryReadFloat(syntax.Value, kind == ValueKind.F32, out double number))
                return new Operand(new Constant<double>(number), kind, type, place);
        }
        else if (kind is ValueKind.Timestamp or ValueKind.Duration)
        {
            if (LiteralReader.TryReadTime(syntax.Value, kind, out long microseconds))
                return new Operand(new Constant<long>(microseconds), kind, type, place);
        }
        else if (kind == ValueKind.Integer)
        {
            if (LiteralReader.TryReadInteger(syntax.Value, out WideInteger value))
                return new Operand(Integer(value), kind, type, place);
        }
        else if (kind == ValueKind.Condition && syntax.Value is "true" or "false")
        {
            return Condition(new Constant<bool>(syntax.Value == "true"), place);
        }

        throw Invalid(syntax, type, kind);
    }

    private static Term Integer(WideInteger value) =>
        value.TryToLong(out long narrow) ? new Constant<long>(narrow) : new Constant<WideInteger>(value);

    private ExpressionException Invalid(TextSyntax syntax, string type, ValueKind kind) => Error(
        ExpressionErrorKind.InvalidLiteral, syntax, $"{Written(syntax)} is no {type} ({LiteralReader.Example(kind)})");

    private Operand Variant(EnumType variants, Token name, Syntax place)
    {
        int number = FindVariant(variants, name.Value);
        if (number < 0) throw UnknownVariant(variants, name);
        return new Operand(new Constant<long>(number), ValueKind.Variant, variants.ToString(), place)
        {
            Enum = variants,
            IsNamedVariant = true,
        };
    }

    /// <summary>Whether something takes its type from what it is compared with.</summary>
    private bool IsOpen(Syntax syntax) => syntax switch
    {
        TextSyntax => true,
        NumberSyntax number => number.IsDecimal,
        NameSyntax { Parts: [{ Kind: TokenKind.Name } name] } => FindColumn(name.Value) < 0,
        GroupSyntax group => IsOpen(group.Inner),
        _ => false,
    };

    /// <summary>Binds something that is compared with a value of a known type.</summary>
    private Operand BindBeside(Syntax syntax, Operand other)
    {
        switch (syntax)
        {
            case GroupSyntax group:
                return BindBeside(group.Inner, other) with { Syntax = group };
            case TextSyntax literal when other.Kind == ValueKind.Variant:
                return Variant(other.Enum!, new Token(TokenKind.Text, literal.Start, literal.End, literal.Value), literal);
            case TextSyntax literal when other.Kind != ValueKind.Opaque:
                // The width of an integer column does not bind what it is compared with.
                return Literal(literal, other.Kind, other.Kind == ValueKind.Integer ? "integer" : other.Type, literal);
            case NumberSyntax { IsDecimal: true } number:
                // Rounded to the precision of the column, so that an f32 of 0.1 equals 0.1.
                return Float(number, other.Kind == ValueKind.F32);
            case NameSyntax { Parts: [{ Kind: TokenKind.Name } name] } when other.Kind == ValueKind.Variant:
                bool isColumn = FindColumn(name.Value) >= 0;
                if (!isColumn) return Variant(other.Enum!, name, syntax);
                if (FindVariant(other.Enum!, name.Value) < 0) return Bind(syntax);
                throw Error(ExpressionErrorKind.AmbiguousName, syntax, $"\"{name.Value}\" is a column and a variant of "
                    + $"{other.Type}; write '{name.Value}' for the variant or \"{name.Value}\" for the column");
            default:
                return Bind(syntax);
        }
    }
}
