using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables.Columnar;

/// <summary>A result.</summary>
public abstract record AggregateValue
{
    private AggregateValue()
    {
    }

    /// <summary>No row had a value.</summary>
    public sealed record Nothing : AggregateValue;

    /// <summary>A sum of integers or durations.</summary>
    /// <param name="Value">The sum.</param>
    public sealed record Integer(Int128 Value) : AggregateValue;

    /// <summary>A sum of floats.</summary>
    /// <param name="Value">The sum.</param>
    public sealed record Float(double Value) : AggregateValue;

    /// <summary>One of the column's values.</summary>
    /// <param name="Type">Its type, without options.</param>
    /// <param name="Canonical">Its canonical encoding.</param>
    public sealed record OfColumn(DataType Type, ReadOnlyMemory<byte> Canonical) : AggregateValue
    {
        /// <inheritdoc/>
        public bool Equals(OfColumn? other) => other is not null && Type.Equals(other.Type) && Canonical.Span.SequenceEqual(other.Canonical.Span);

        /// <inheritdoc/>
        public override int GetHashCode() => Canonical.Length;
    }
}
