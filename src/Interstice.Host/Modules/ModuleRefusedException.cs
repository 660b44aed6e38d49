namespace Interstice.Host.Modules;

/// <summary>Why a module was refused.</summary>
public enum ModuleRefusalKind
{
    /// <summary>The binary is malformed, invalid, unsupported or over a limit.</summary>
    Binary,

    /// <summary>The declarations are missing or contradict themselves.</summary>
    Schema,

    /// <summary>It speaks another ABI, or declares what this host does not run.</summary>
    Unsupported,

    /// <summary>It imports what the host does not give.</summary>
    Import,

    /// <summary>A declared reducer or query is not exported, or has the wrong type.</summary>
    Export,

    /// <summary>Its initialisation trapped.</summary>
    Initialization,

    /// <summary>A subscription cannot be, or makes a cycle.</summary>
    Subscription,

    /// <summary>It does not fit the tables that the module has.</summary>
    Incompatible,

    /// <summary>What was written while its canary ran could not be looked at within the bounds of the pause.</summary>
    Canary,
}

/// <summary>A module that cannot be published or loaded; nothing was changed.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class ModuleRefusedException(ModuleRefusalKind kind, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public ModuleRefusalKind Kind { get; } = kind;

    /// <summary>Every reason, where there may be several: each a sentence of the message.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}
