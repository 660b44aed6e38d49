namespace Interstice.Host.Abi;

/// <summary>Results below zero that host functions give, and the flags of <c>scan</c> (docs/abi.md).</summary>
public static class AbiCodes
{
    /// <summary>No such row. Given by <c>get</c>.</summary>
    public const int None = -1;

    /// <summary>The buffer is too small and nothing happened. Given by <c>insert</c>, <c>get</c>, <c>next</c>, <c>result</c>,
    /// <c>caller_module</c>.</summary>
    public const int BufferTooSmall = -2;

    /// <summary>A primary key or unique index has this value already. Given by <c>insert</c>, <c>update</c>.</summary>
    public const int DuplicateKey = -3;

    /// <summary>No row has this primary key. Given by <c>update</c>.</summary>
    public const int NotFound = -4;

    /// <summary>The auto-increment column has no value left. Given by <c>insert</c>, <c>schedule</c>.</summary>
    public const int CounterOverflow = -5;

    /// <summary>The reducer that was called said no; what it changed is undone. Given by <c>call</c>.</summary>
    public const int CallFailed = -7;

    /// <summary>Flag of <c>scan</c>: the lower bound is exclusive.</summary>
    public const int LowerExclusive = 1;

    /// <summary>Flag of <c>scan</c>: the upper bound is exclusive.</summary>
    public const int UpperExclusive = 2;

    /// <summary>Flag of <c>scan</c>: descending.</summary>
    public const int Descending = 4;
}
