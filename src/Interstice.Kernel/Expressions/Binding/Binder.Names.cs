using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Expressions.Binding;

/// <content>Columns, fields and variants.</content>
internal sealed partial class Binder
{
    private Operand Name(NameSyntax syntax)
    {
        (FieldPath path, DataType type) = Path(syntax);
        return Field(path, type, syntax);
    }

    private (FieldPath Path, DataType Type) Path(NameSyntax syntax)
    {
        Token first = syntax.Parts[0];
        int column = FindColumn(first.Value);
        if (column < 0)
        {
            string suggestion = NearestName.Suggest(first.Value, row.Fields.Select(field => field.Name));
            string hint = suggestion.Length > 0 || first.Kind == TokenKind.QuotedName
                ? suggestion : "; texts stand in 'single' quotation marks";
            throw Error(ExpressionErrorKind.UnknownColumn, first, $"{subject} has no column \"{first.Value}\"{hint}");
        }

        _columns.Add(column);
        var steps = new List<PathStep>();
        DataType type = Enter(row.Fields[column].Type, steps);
        for (int i = 1; i < syntax.Parts.Length; i++)
            type = Enter(Step(syntax, i, type, steps), steps);
        return (new FieldPath(row, column, [.. steps]), type);
    }

    private int FindColumn(string name)
    {
        for (int i = 0; i < row.Fields.Length; i++)
            if (row.Fields[i].Name == name) return i;
        return -1;
    }

    /// <summary>Goes through wrappers and options; none anywhere on the way makes the value null.</summary>
    private static DataType Enter(DataType type, List<PathStep> steps)
    {
        type = type.Resolved;
        while (type is OptionType option)
        {
            steps.Add(new PathStep(null, 1));
            type = option.Value.Resolved;
        }

        return type;
    }

    /// <summary>Goes into a field of a struct or the payload of a variant.</summary>
    private DataType Step(NameSyntax syntax, int part, DataType type, List<PathStep> steps)
    {
        Token name = syntax.Parts[part];
        if (type is StructType structure)
        {
            int number = 0;
            while (number < structure.Fields.Length && structure.Fields[number].Name != name.Value) number++;
            if (number == structure.Fields.Length)
            {
                string suggestion = NearestName.Suggest(name.Value, structure.Fields.Select(field => field.Name));
                throw Error(ExpressionErrorKind.UnknownField, name, $"{type} has no field \"{name.Value}\"{suggestion}");
            }

            steps.Add(new PathStep(structure.Codec, number));
            return structure.Fields[number].Type;
        }

        if (type is EnumType variants)
        {
            int number = FindVariant(variants, name.Value);
            if (number < 0) throw UnknownVariant(variants, name);
            steps.Add(new PathStep(null, number));
            return variants.Variants[number].Payload
                ?? throw Error(ExpressionErrorKind.UnknownField, name, $"variant \"{name.Value}\" of {type} has no payload");
        }

        string before = text[syntax.Start..syntax.Parts[part - 1].End];
        throw Error(ExpressionErrorKind.UnknownField, name, $"{before} is {type}, which has no fields");
    }

    private static Operand Field(FieldPath path, DataType type, Syntax syntax)
    {
        string name = type.ToString();
        if (type is EnumType variants)
            return new Operand(new VariantField(path), ValueKind.Variant, name, syntax) { Enum = variants };
        if (type is not ScalarType scalar) return new Operand(new OpaqueField(path), ValueKind.Opaque, name, syntax);
        ValueKind kind = KindOf(scalar);
        Term term = scalar.Kind switch
        {
            ScalarKind.Bool => new BoolField(path),
            ScalarKind.U64 or ScalarKind.I128 or ScalarKind.U128 => new WideField(path, scalar.Kind),
            ScalarKind.F32 or ScalarKind.F64 => new FloatField(path, scalar.Kind == ScalarKind.F32),
            ScalarKind.String or ScalarKind.Bytes or ScalarKind.Uuid or ScalarKind.Identity =>
                new BytesField(path, scalar.FixedLength),
            _ => new LongField(path, scalar.Kind),
        };
        return new Operand(term, kind, name, syntax);
    }

    private static ValueKind KindOf(ScalarType type) => type.Kind switch
    {
        ScalarKind.Bool => ValueKind.Condition,
        ScalarKind.F32 => ValueKind.F32,
        ScalarKind.F64 => ValueKind.F64,
        ScalarKind.String => ValueKind.String,
        ScalarKind.Bytes => ValueKind.Bytes,
        ScalarKind.Uuid => ValueKind.Uuid,
        ScalarKind.Timestamp => ValueKind.Timestamp,
        ScalarKind.Duration => ValueKind.Duration,
        ScalarKind.Identity => ValueKind.Identity,
        _ => ValueKind.Integer,
    };

    private static int FindVariant(EnumType variants, string name)
    {
        for (int i = 0; i < variants.Variants.Length; i++)
            if (variants.Variants[i].Name == name) return i;
        return -1;
    }

    private ExpressionException UnknownVariant(EnumType variants, Token name)
    {
        string suggestion = NearestName.Suggest(name.Value, variants.Variants.Select(variant => variant.Name));
        return Error(ExpressionErrorKind.UnknownVariant, name, $"{variants} has no variant \"{name.Value}\"{suggestion}");
    }

    private ExpressionException Error(ExpressionErrorKind kind, Token token, string problem) =>
        new(kind, text, token.Start, token.End - token.Start, problem);
}
