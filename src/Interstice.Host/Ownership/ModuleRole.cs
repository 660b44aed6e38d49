namespace Interstice.Host.Ownership;

/// <summary>What a host is to a module.</summary>
public enum ModuleRole
{
    /// <summary>It runs calls: it owns the module's stream, or will take ownership with its first write.</summary>
    Owner,

    /// <summary>It finds out what became of appends whose outcome it does not know. Queries are answered at the last durable
    /// revision; calls wait, or are refused when the store does not answer.</summary>
    Resolving,

    /// <summary>Another host owns the module, and this one follows it. Queries are answered at the last complete transaction that was seen;
    /// calls are refused.</summary>
    Following,

    /// <summary>The stream holds what cannot be replayed; nothing is answered.</summary>
    Failed,
}
