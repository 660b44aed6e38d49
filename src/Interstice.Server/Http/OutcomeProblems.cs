using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Ownership;

namespace Interstice.Server.Http;

/// <summary>Outcomes of calls and queries as problems.</summary>
internal static class OutcomeProblems
{
    /// <summary>The problem of a call that was not committed; null for one that was.</summary>
    /// <param name="outcome">How the call ended.</param>
    /// <param name="owner">The module's owner where that is another host; null where it is not known.</param>
    public static Problem? Of(CallOutcome outcome, ModuleOwner? owner = null)
    {
        if (outcome is CallOutcome.Refused { Kind: CallRefusal.NotOwner, Error: var error })
            return OfOwner(owner, error, json => CallDocument.WriteMembers(json, outcome, null));
        ProblemKind? kind = outcome switch
        {
            CallOutcome.Rejected => ProblemKind.Rejected,
            CallOutcome.Trapped => ProblemKind.Trapped,
            CallOutcome.Unknown => ProblemKind.UnknownOutcome,
            CallOutcome.Refused refused => KindOf(refused.Kind),
            _ => null,
        };
        return kind is null ? null : new Problem(
            kind, CallDocument.ErrorOf(outcome)!, json => CallDocument.WriteMembers(json, outcome, null));
    }

    /// <summary>The problem of a query that was not answered; null for one that was.</summary>
    public static Problem? Of(QueryOutcome outcome)
    {
        ProblemKind? kind = outcome switch
        {
            QueryOutcome.Rejected => ProblemKind.Rejected,
            QueryOutcome.Trapped => ProblemKind.Trapped,
            QueryOutcome.Refused refused => KindOf(refused.Kind),
            _ => null,
        };
        return kind is null ? null : new Problem(
            kind, QueryDocument.ErrorOf(outcome)!, json => QueryDocument.WriteMembers(json, outcome, null));
    }

    /// <summary>The problem of what a module cannot do now.</summary>
    public static Problem Of(CallRefusal refusal, string detail) => new(KindOf(refusal), detail);

    /// <summary>The problem of what only the owner of a module does.</summary>
    public static Problem OfOwner(ModuleOwner? owner, string detail, Action<Utf8JsonWriter>? extensions = null) => new(
        ProblemKind.NotOwner,
        detail,
        json =>
        {
            extensions?.Invoke(json);
            OwnerDocument.Write(json, owner);
        },
        OwnerDocument.UrlOf(owner));

    private static ProblemKind KindOf(CallRefusal refusal) => refusal switch
    {
        CallRefusal.UnknownModule => ProblemKind.UnknownModule,
        CallRefusal.UnknownReducer => ProblemKind.UnknownMember,
        CallRefusal.Private => ProblemKind.Private,
        CallRefusal.BadArguments => ProblemKind.BadArguments,
        CallRefusal.Denied => ProblemKind.Denied,
        CallRefusal.KeyReused => ProblemKind.KeyReused,
        CallRefusal.NotOwner => ProblemKind.NotOwner,
        _ => CallDocument.MayRetry(refusal) ? ProblemKind.Retry : ProblemKind.ModuleUnavailable,
    };
}
