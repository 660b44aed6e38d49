using Interstice.Kernel.Values;

namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>The way from a row to a column or to a field inside one.</summary>
/// <param name="row">Layout of the row.</param>
/// <param name="column">The column.</param>
/// <param name="steps">The way on from the start of the column.</param>
internal sealed class FieldPath(RowCodec row, int column, PathStep[] steps)
{
    private readonly int _fixedOffset = steps.Length == 0 ? row.FixedOffset(column) ?? -1 : -1;

    /// <summary>The column.</summary>
    internal int Column => column;

    /// <summary>Steps into options, structs and payloads.</summary>
    internal int StepCount => steps.Length;

    /// <summary>Where the value begins, or -1 when it is null.</summary>
    internal int Locate(ReadOnlySpan<byte> bytes)
    {
        if (_fixedOffset >= 0) return _fixedOffset;
        int position = row.Offset(bytes, column);
        foreach (PathStep step in steps)
        {
            if (step.Struct is not null)
            {
                position = step.Struct.Walk(bytes, 0, position, step.Number);
                continue;
            }

            if (bytes[position] != step.Number) return -1;
            position++;
        }

        return position;
    }
}

/// <summary>One step: into a field of a struct, or past a byte that must have one value for the path to go on, which is how
/// options and payloads of variants are entered.</summary>
/// <param name="Struct">Layout of the struct; null for a byte.</param>
/// <param name="Number">Index of the field, or the byte.</param>
internal readonly record struct PathStep(RowCodec? Struct, int Number);
