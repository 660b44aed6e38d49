namespace Interstice.Kernel.Mutations;

/// <summary>How a write to the overlay ended.</summary>
public enum WriteResult
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>An update found no row with its primary key.</summary>
    NotFound,

    /// <summary>The primary key or a unique index has this value already; nothing was changed.</summary>
    Duplicate,

    /// <summary>The auto-increment column has no value left; nothing was changed.</summary>
    CounterOverflow,
}

/// <summary>How an insert or an update ended.</summary>
/// <param name="Result">How.</param>
/// <param name="Index">Of a duplicate, the number of the index: 0 is the primary key.</param>
public readonly record struct WriteOutcome(WriteResult Result, int Index = 0)
{
    /// <summary>It is done.</summary>
    public static readonly WriteOutcome Done = new(WriteResult.Done);

    /// <summary>An update found no row with its primary key.</summary>
    public static readonly WriteOutcome NotFound = new(WriteResult.NotFound);

    /// <summary>The auto-increment column has no value left.</summary>
    public static readonly WriteOutcome CounterOverflow = new(WriteResult.CounterOverflow);

    /// <summary>Whether it is done.</summary>
    public bool IsDone => Result == WriteResult.Done;

    /// <summary>An index has this value already.</summary>
    /// <param name="index">Number of the index: 0 is the primary key.</param>
    public static WriteOutcome Duplicate(int index) => new(WriteResult.Duplicate, index);
}
