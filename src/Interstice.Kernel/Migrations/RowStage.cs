using System.Buffers;
using System.Collections.Immutable;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>One pass over the rows of a table: each column of the rows after it, from a row before it.</summary>
internal sealed class RowStage
{
    private readonly int _columnsBefore;

    internal RowStage(IEnumerable<FieldSchema> before)
    {
        Before = new RowCodec([.. before]);
        _columnsBefore = Before.Fields.Length;
        Sources = [.. Enumerable.Range(0, _columnsBefore).Select(column => new ColumnSource.Copied(column))];
    }

    internal RowCodec Before { get; }

    /// <summary>Of each column after it.</summary>
    internal ImmutableArray<ColumnSource> Sources { get; set; }

    /// <summary>Whether rows are the same after it.</summary>
    internal bool IsIdentity =>
        Sources.Length == _columnsBefore && Sources.Index().All(pair => pair.Item is ColumnSource.Copied copied && copied.Column == pair.Index);

    /// <summary>Writes the row after it.</summary>
    /// <exception cref="MigrationException">A value is null or does not fit its type.</exception>
    internal void Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
    {
        foreach (ColumnSource source in Sources)
        {
            switch (source)
            {
                case ColumnSource.Copied copied:
                    destination.Write(Before.Field(row, copied.Column));
                    break;
                case ColumnSource.Converted converted:
                    converted.How.Convert(Before.Field(row, converted.Column), destination);
                    break;
                case ColumnSource.Constant constant:
                    destination.Write(constant.Value);
                    break;
                case ColumnSource.Computed computed:
                    Compute(computed, row, destination);
                    break;
            }
        }
    }

    private static void Compute(ColumnSource.Computed computed, ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
    {
        ValueEnd end = computed.Expression.Write(row, destination);
        if (end == ValueEnd.Written) return;
        if (end == ValueEnd.Null && computed.IfNull is { } other)
        {
            destination.Write(other);
            return;
        }

        string problem = end == ValueEnd.Null ? "is null; give ifNull, or make the column an option" : $"does not fit {computed.Type}";
        throw new MigrationException(MigrationErrorKind.Row, $"column \"{computed.Name}\": {computed.Expression.Text} {problem}");
    }
}
