namespace Interstice.Kernel.Expressions;

/// <summary>How computing a value for a row ended.</summary>
public enum ValueEnd
{
    /// <summary>It was written.</summary>
    Written,

    /// <summary>It is null: nothing was written.</summary>
    Null,

    /// <summary>It does not fit its type: nothing was written.</summary>
    OutOfRange,
}
