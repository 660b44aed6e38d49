namespace Interstice.Kernel.Schema.Diff;

/// <summary>What a change of declarations asks of whom; the gravest last.</summary>
public enum ChangeEffect
{
    /// <summary>Nothing: rows are taken over by the host, callers go on.</summary>
    Compatible,

    /// <summary>Callers, readers or subscribers of what is there may break; rows are taken over.</summary>
    Breaking,

    /// <summary>Rows cannot be taken over unless the module declares how.</summary>
    NeedsMigration,
}
