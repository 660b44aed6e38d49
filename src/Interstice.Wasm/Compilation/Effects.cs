namespace Interstice.Wasm.Compilation;

/// <summary>What evaluating an expression or executing a statement does besides yielding a value.</summary>
[Flags]
internal enum Effects
{
    /// <summary>Nothing: it depends on constants and locals alone.</summary>
    None = 0,

    /// <summary>Reads linear memory or its size.</summary>
    ReadMemory = 1,

    /// <summary>Writes linear memory.</summary>
    WriteMemory = 2,

    /// <summary>Reads a global.</summary>
    ReadGlobal = 4,

    /// <summary>Writes a global.</summary>
    WriteGlobal = 8,

    /// <summary>Reads a table.</summary>
    ReadTable = 16,

    /// <summary>Writes a table or drops a segment.</summary>
    WriteTable = 32,

    /// <summary>Can trap with MemoryOutOfBounds and nothing else.</summary>
    TrapBounds = 64,

    /// <summary>Can trap in another way.</summary>
    TrapOther = 128,

    /// <summary>Calls code that can do anything but write this function's locals.</summary>
    Call = 256,

    /// <summary>May leave the straight line: what comes before must have happened.</summary>
    Branch = 512,
}

/// <summary>Rules over <see cref="Effects"/>.</summary>
internal static class EffectRules
{
    private const Effects Writes = Effects.WriteMemory | Effects.WriteGlobal | Effects.WriteTable;
    private const Effects Traps = Effects.TrapBounds | Effects.TrapOther;

    /// <summary>Whether an expression that comes first must be evaluated before something later happens. Locals are
    /// looked at apart.</summary>
    internal static bool MustPrecede(Effects earlier, Effects later)
    {
        if (earlier == Effects.None || later == Effects.None) return false;
        if (((earlier | later) & Effects.Call) != 0) return true;
        if ((earlier & Effects.ReadMemory) != 0 && (later & Effects.WriteMemory) != 0) return true;
        if ((earlier & Effects.ReadGlobal) != 0 && (later & Effects.WriteGlobal) != 0) return true;
        if ((earlier & Effects.ReadTable) != 0 && (later & Effects.WriteTable) != 0) return true;
        if ((earlier & Traps) == 0) return false;

        // Two traps of one kind are the same trap, whichever comes first.
        return (later & (Writes | Effects.Branch)) != 0
            || ((earlier | later) & Effects.TrapOther & Traps) != 0 && (later & Traps) != 0;
    }
}
