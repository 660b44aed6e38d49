using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Expressions.Binding;

/// <content>Values of a wanted type, as migrations compute them.</content>
internal sealed partial class Binder
{
    /// <summary>Binds an expression that is nothing but a column with a lossless way to the type that is wanted; else null.</summary>
    /// <param name="syntax">The expression.</param>
    /// <param name="wanted">The type.</param>
    /// <param name="leavesNull">Whether none is not to be written: then the value of an option is not bound with the option around it.</param>
    internal ValueSource.Field? TryBindColumn(Syntax syntax, DataType wanted, bool leavesNull)
    {
        if (syntax is not NameSyntax { Parts: [Token only] } || FindColumn(only.Value) is not (>= 0 and int column)) return null;
        DataType type = row.Fields[column].Type;
        if (leavesNull && type.Resolved is OptionType) return null;
        return ValueConversion.Find(type, wanted, out _) is { } conversion
            ? new ValueSource.Field(new FieldPath(row, column, []), type, conversion) : null;
    }

    /// <summary>Binds an expression whose value is wanted in a type.</summary>
    /// <param name="syntax">The expression.</param>
    /// <param name="wanted">The type, without options and wrappers around it.</param>
    internal ValueSource BindValue(Syntax syntax, DataType wanted)
    {
        while (syntax is GroupSyntax group) syntax = group.Inner;
        if (syntax is NameSyntax name && FindColumn(name.Parts[0].Value) >= 0)
        {
            (FieldPath path, DataType type) = Path(name);
            if (ValueConversion.Find(type, wanted, out _) is { } conversion) return new ValueSource.Field(path, type, conversion);
        }

        Operand operand = BindBeside(syntax, Wanted(wanted, syntax));
        return wanted switch
        {
            ScalarType scalar => Scalar(operand, scalar, syntax),
            EnumType variants when operand.Kind == ValueKind.Variant && variants.Equals(operand.Enum) => Variant(operand, variants, syntax),
            _ => throw Misfit(operand, wanted, syntax),
        };
    }

    // What a text or a bare name stands beside, so that it takes this type.
    private static Operand Wanted(DataType wanted, Syntax syntax) => wanted switch
    {
        EnumType variants => new Operand(new Constant<long>(0), ValueKind.Variant, variants.ToString(), syntax) { Enum = variants },
        ScalarType scalar => new Operand(new Constant<long>(0), KindOf(scalar), scalar.Name, syntax),
        _ => new Operand(new Constant<long>(0), ValueKind.Opaque, wanted.ToString(), syntax),
    };

    private ValueSource Scalar(Operand operand, ScalarType wanted, Syntax syntax)
    {
        ValueKind kind = KindOf(wanted);
        switch (kind)
        {
            case ValueKind.Integer when operand.Kind == ValueKind.Integer || IsTime(operand):
            case ValueKind.Timestamp or ValueKind.Duration when operand.Kind == kind || operand.Kind == ValueKind.Integer:
                return new ValueSource.Integer(operand.Wide, wanted);
            case ValueKind.F32 or ValueKind.F64 when operand.IsNumber:
                return new ValueSource.Float(operand.Float, isSingle: kind == ValueKind.F32);
            case ValueKind.Condition when operand.Kind == kind:
                return new ValueSource.Bool(operand.Condition);
            case ValueKind.String or ValueKind.Bytes or ValueKind.Uuid or ValueKind.Identity when operand.Kind == kind:
                return new ValueSource.Bytes(operand.Bytes, hasLength: wanted.FixedLength is null);
            default:
                throw Misfit(operand, wanted, syntax);
        }
    }

    private ValueSource.Integer Variant(Operand operand, EnumType variants, Syntax syntax)
    {
        if (operand.Term is not Constant<long> constant) throw Misfit(operand, variants, syntax);
        VariantSchema variant = variants.Variants[(int)constant.Value];
        if (variant.Payload is null) return new ValueSource.Integer(operand.Wide, ScalarType.Of(ScalarKind.U8));
        throw Error(ExpressionErrorKind.TypeMismatch, syntax,
            $"variant \"{variant.Name}\" of {variants} has a payload of type {variant.Payload}, which an expression cannot make");
    }

    private ExpressionException Misfit(Operand operand, DataType wanted, Syntax syntax) =>
        Error(ExpressionErrorKind.TypeMismatch, syntax, $"expected a value of type {wanted}, found {Describe(operand)}");
}
