namespace Interstice.Kernel.Mutations;

/// <summary>What a mutation does.</summary>
public enum MutationKind : byte
{
    /// <summary>Adds a row.</summary>
    Insert,

    /// <summary>Replaces a row.</summary>
    Update,

    /// <summary>Takes a row out.</summary>
    Delete,

    /// <summary>Emits an event that the module declares.</summary>
    Emit,

    /// <summary>Emits a row of an event table.</summary>
    EmitRow,
}

/// <summary>One net change of a transaction. The rows are borrowed until the overlay's next transaction begins.</summary>
public readonly ref struct Mutation
{
    internal Mutation(MutationKind kind, bool isLogged, int number, ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        Kind = kind;
        IsLogged = isLogged;
        Number = number;
        OldRow = oldRow;
        NewRow = newRow;
    }

    /// <summary>What it does.</summary>
    public MutationKind Kind { get; }

    /// <summary>Whether it belongs into the log; <see langword="false"/> for rows of ephemeral tables.</summary>
    public bool IsLogged { get; }

    /// <summary>Number of the table; of an <see cref="MutationKind.Emit"/>, of the event.</summary>
    public int Number { get; }

    /// <summary>The row before an update or delete; empty otherwise.</summary>
    public ReadOnlySpan<byte> OldRow { get; }

    /// <summary>The row after an insert or update, the emitted row or payload; empty for a delete.</summary>
    public ReadOnlySpan<byte> NewRow { get; }
}
