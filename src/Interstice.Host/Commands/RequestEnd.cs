using Interstice.Host.Modules;

namespace Interstice.Host.Commands;

/// <summary>How a request ended, for telemetry.</summary>
/// <param name="Outcome">In one word.</param>
/// <param name="Reason">Why it was refused, trapped or failed; null for the others.</param>
/// <param name="IsFault">Whether something is wrong: with the module, the store or the host.</param>
/// <param name="IsUnknownName">Whether it named what is not there.</param>
internal readonly record struct RequestEnd(string Outcome, string? Reason, bool IsFault, bool IsUnknownName = false)
{
    /// <summary>The end that an answer tells of.</summary>
    public static RequestEnd Of(object? response) => response switch
    {
        CallOutcome.Committed => new("committed", null, IsFault: false),
        CallOutcome.Rejected or QueryOutcome.Rejected => new("rejected", null, IsFault: false),
        CallOutcome.Trapped trapped => OfTrap(trapped.Kind),
        QueryOutcome.Trapped trapped => OfTrap(trapped.Kind),
        CallOutcome.Refused refused => OfRefusal(refused.Kind),
        QueryOutcome.Refused refused => OfRefusal(refused.Kind),
        CallOutcome.Unknown => new("unknown", null, IsFault: true),
        QueryOutcome.Answered => new("answered", null, IsFault: false),
        _ => new("completed", null, IsFault: false),
    };

    /// <summary>The end of a request that threw.</summary>
    public static RequestEnd Of(Exception fault) => fault switch
    {
        ModuleRefusedException refused => new("refused", refused.Kind.ToString(), IsFault: false),
        OperationCanceledException => new("canceled", null, IsFault: false),
        _ => new("failed", fault.GetType().Name, IsFault: true),
    };

    private static RequestEnd OfTrap(ModuleTrapKind kind) => new("trapped", kind.ToString(), IsFault: true);

    private static RequestEnd OfRefusal(CallRefusal kind)
    {
        bool isUnknown = kind is CallRefusal.UnknownModule or CallRefusal.UnknownReducer;
        bool isCallers = kind is CallRefusal.BadArguments or CallRefusal.Private or CallRefusal.KeyReused or CallRefusal.Denied;
        return new("refused", kind.ToString(), IsFault: !isUnknown && !isCallers, isUnknown);
    }
}
