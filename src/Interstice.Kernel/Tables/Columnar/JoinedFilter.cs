namespace Interstice.Kernel.Tables.Columnar;

/// <summary>Parts joined by <c>and</c> or <c>or</c>, with the truth values of docs/expressions.md.</summary>
internal sealed class JoinedFilter(ColumnFilter[] parts, bool isAnd) : ColumnFilter
{
    private readonly ulong[] _holds = new ulong[ColumnarTable.ChunkRows / 64];
    private readonly ulong[] _unknown = new ulong[ColumnarTable.ChunkRows / 64];

    internal override void Evaluate(int chunk, int rows, Span<ulong> holds, Span<ulong> unknown)
    {
        parts[0].Evaluate(chunk, rows, holds, unknown);
        Span<ulong> partHolds = _holds.AsSpan(0, holds.Length), partUnknown = _unknown.AsSpan(0, holds.Length);
        foreach (ColumnFilter part in parts.AsSpan(1))
        {
            part.Evaluate(chunk, rows, partHolds, partUnknown);
            for (int i = 0; i < holds.Length; i++)
            {
                // What may still hold: for and, what is not false in either; for or, what is unknown and does not hold.
                ulong either = holds[i] | unknown[i];
                ulong eitherPart = partHolds[i] | partUnknown[i];
                holds[i] = isAnd ? holds[i] & partHolds[i] : holds[i] | partHolds[i];
                unknown[i] = (isAnd ? either & eitherPart : unknown[i] | partUnknown[i]) & ~holds[i];
            }
        }
    }
}
