using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>What a <see cref="LayoutStep"/> does after its run.</summary>
internal enum StepKind : byte
{
    End,
    Bool,
    F64,
    String,
    Bytes,
    Option,
    Other,
}

/// <summary>One step through a row: a run of bytes of which every pattern is a value, then one field that needs a
/// look.</summary>
/// <param name="Run">Bytes of the run; may be 0.</param>
/// <param name="RunField">First field of the run.</param>
/// <param name="Kind">What follows the run.</param>
/// <param name="Field">The field that needs a look.</param>
/// <param name="Type">Its type; null at the end.</param>
/// <param name="Length">Of an option, the length of its value.</param>
internal readonly record struct LayoutStep(
    int Run, int RunField, StepKind Kind, int Field, DataType? Type, int Length = 0)
{
    internal static LayoutStep[] Compile(ImmutableArray<FieldSchema> fields)
    {
        int count = 1;
        foreach (FieldSchema field in fields)
            if (!field.Type.IsPlain) count++;
        var steps = new LayoutStep[count];
        int step = 0;
        int run = 0;
        int runField = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            DataType type = fields[i].Type.Resolved;
            if (type.IsPlain)
            {
                run += type.FixedLengthOrMinusOne;
                continue;
            }

            int length = type is OptionType { Value.IsPlain: true } option ? option.Value.FixedLengthOrMinusOne : 0;
            steps[step++] = new LayoutStep(run, runField, KindOf(type), i, type, length);
            (run, runField) = (0, i + 1);
        }

        steps[step] = new LayoutStep(run, runField, StepKind.End, fields.Length, null);
        return steps;
    }

    private static StepKind KindOf(DataType type) => type switch
    {
        ScalarType { Kind: ScalarKind.Bool } => StepKind.Bool,
        ScalarType { Kind: ScalarKind.F64 } => StepKind.F64,
        ScalarType { Kind: ScalarKind.String } => StepKind.String,
        ScalarType { Kind: ScalarKind.Bytes } => StepKind.Bytes,

        // Only of values without parts, so that one level is all the depth there is to check.
        OptionType { Value: { IsPlain: true, PlainHeight: 0 } } => StepKind.Option,
        _ => StepKind.Other,
    };
}
