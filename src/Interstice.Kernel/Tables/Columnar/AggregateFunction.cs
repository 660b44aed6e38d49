namespace Interstice.Kernel.Tables.Columnar;

/// <summary>What is computed over many rows.</summary>
public enum AggregateFunction
{
    /// <summary>The sum of the values that are not null: integers and durations exactly, floats as doubles in the order of the rows.</summary>
    Sum,

    /// <summary>The least value that is not null, in the order of keys.</summary>
    Min,

    /// <summary>The greatest value that is not null.</summary>
    Max,
}
