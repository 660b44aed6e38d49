namespace Interstice.Host.Modules;

/// <summary>What ended a call from inside.</summary>
public enum ModuleTrapKind
{
    /// <summary>The guest reached <c>unreachable</c>.</summary>
    Unreachable,

    /// <summary>An address outside linear memory.</summary>
    MemoryOutOfBounds,

    /// <summary>A table index or a call through a table that does not fit.</summary>
    Table,

    /// <summary>Integer division by zero, overflow, or a float that has no integer.</summary>
    Arithmetic,

    /// <summary>The fuel of the call is used up.</summary>
    Fuel,

    /// <summary>Too many nested calls.</summary>
    Depth,

    /// <summary>More memory or table entries than the host allows.</summary>
    Memory,

    /// <summary>A host function was misused; the message says how.</summary>
    Abi,

    /// <summary>A limit of the transaction was reached; the message names it.</summary>
    Limit,

    /// <summary>What was read from an ephemeral table would have flown into the log (docs/tables.md).</summary>
    EphemeralFlow,

    /// <summary>A row does not fit the constraints of an ephemeral table, which the log must not depend on.</summary>
    EphemeralConflict,

    /// <summary>The host stopped the call because it took too long by the clock.</summary>
    Aborted,
}

/// <summary>A guest trapped: its transaction is undone and its caller told.</summary>
public sealed class ModuleTrapException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="kind">What happened.</param>
    /// <param name="message">What happened, in a sentence without the place.</param>
    /// <param name="function">Name or number of the guest function, if known.</param>
    /// <param name="codeOffset">Offset in the binary, if known.</param>
    /// <param name="inner">The cause, if there is one.</param>
    public ModuleTrapException(
        ModuleTrapKind kind,
        string message,
        string? function = null,
        int? codeOffset = null,
        Exception? inner = null)
        : base(Describe(message, function, codeOffset), inner)
    {
        Kind = kind;
        Function = function;
        CodeOffset = codeOffset;
        IsOfCallee = inner is ModuleTrapException { IsOfCallee: true };
    }

    /// <summary>What happened.</summary>
    public ModuleTrapKind Kind { get; }

    /// <summary>Name or number of the guest function, if known.</summary>
    public string? Function { get; }

    /// <summary>Offset in the binary, if known.</summary>
    public int? CodeOffset { get; }

    /// <summary>Whether it comes from a module that the guest called: then it is no affair of the guest's.</summary>
    internal bool IsOfCallee { get; init; }

    private static string Describe(string message, string? function, int? codeOffset)
    {
        if (function is null) return message;
        return codeOffset is { } offset
            ? $"{message} (in {function} at offset 0x{offset:x})"
            : $"{message} (in {function})";
    }
}
