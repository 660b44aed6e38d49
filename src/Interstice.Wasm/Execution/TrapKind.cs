namespace Interstice.Wasm.Execution;

/// <summary>Why a guest was stopped. The numbers are stable: they may be stored.</summary>
public enum TrapKind
{
    /// <summary>The <c>unreachable</c> instruction was executed.</summary>
    Unreachable = 1,

    /// <summary>A load, store or bulk operation reached past the end of linear memory.</summary>
    MemoryOutOfBounds = 2,

    /// <summary>A table instruction reached past the end of a table or an element segment.</summary>
    TableOutOfBounds = 3,

    /// <summary>An indirect call found a null reference ("uninitialized element").</summary>
    IndirectCallNull = 4,

    /// <summary>An indirect call used an index past the end of the table ("undefined element").</summary>
    UndefinedElement = 5,

    /// <summary>An indirect call found a function of another type ("indirect call type mismatch").</summary>
    IndirectCallTypeMismatch = 6,

    /// <summary>An integer was divided by zero.</summary>
    IntegerDivideByZero = 7,

    /// <summary>The result of a signed division or of a float to integer conversion cannot be represented.</summary>
    IntegerOverflow = 8,

    /// <summary>NaN was converted to an integer.</summary>
    InvalidConversionToInteger = 9,

    /// <summary>The fuel ran out.</summary>
    FuelExhausted = 10,

    /// <summary>Calls are nested too deeply ("call stack exhausted").</summary>
    CallDepthExceeded = 11,

    /// <summary>Linear memory would grow past the limit set by the host.</summary>
    MemoryLimitExceeded = 12,

    /// <summary>A table would grow past the limit set by the host.</summary>
    TableLimitExceeded = 13,

    /// <summary>A host function refused to go on.</summary>
    Host = 14,

    /// <summary>The host stopped the call from another thread (<see cref="Instance.Abort"/>).</summary>
    Aborted = 15,
}
