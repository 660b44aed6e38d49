using System.Buffers;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Migrations;

/// <summary>Takes single rows of one table through all stages. Used for one row after another.</summary>
/// <param name="draft">The stages.</param>
/// <param name="source">The table that rows come from.</param>
/// <param name="target">The table that they lead to.</param>
internal sealed class RowConversion(TableDraft draft, TableSchema source, TableSchema target)
{
    private readonly RowStage[] _stages = [.. draft.Stages.Where(stage => !stage.IsIdentity)];
    private readonly ArrayBufferWriter<byte>[] _rows = [new(), new()];

    /// <summary>The row in the other table.</summary>
    /// <param name="row">A row of the source.</param>
    /// <returns>Borrowed until the next one; of the row itself, where nothing changes.</returns>
    /// <exception cref="MigrationException">It has no place there.</exception>
    internal ReadOnlySpan<byte> Convert(ReadOnlySpan<byte> row)
    {
        ReadOnlySpan<byte> converted = row;
        try
        {
            for (int i = 0; i < _stages.Length; i++)
            {
                ArrayBufferWriter<byte> destination = _rows[i & 1];
                destination.ResetWrittenCount();
                _stages[i].Write(converted, destination);
                converted = destination.WrittenSpan;
            }
        }
        catch (MigrationException fault)
        {
            throw new MigrationException(fault.Kind, $"{RowText.Name(source, row)}: {fault.Message}", fault);
        }

        if (target.Row.TryValidate(converted, out ValueError error)) return converted;
        throw new MigrationException(MigrationErrorKind.Row, $"{RowText.Name(source, row)}: {error}");
    }
}
