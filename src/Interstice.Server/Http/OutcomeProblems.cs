using Interstice.Host.Commands;
using Interstice.Host.Inspection;

namespace Interstice.Server.Http;

/// <summary>Outcomes of calls and queries as problems.</summary>
internal static class OutcomeProblems
{
    /// <summary>The problem of a call that was not committed; null for one that was.</summary>
    public static Problem? Of(CallOutcome outcome)
    {
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

    private static ProblemKind KindOf(CallRefusal refusal) => refusal switch
    {
        CallRefusal.UnknownModule => ProblemKind.UnknownModule,
        CallRefusal.UnknownReducer => ProblemKind.UnknownMember,
        CallRefusal.BadArguments => ProblemKind.BadArguments,
        _ => CallDocument.MayRetry(refusal) ? ProblemKind.Retry : ProblemKind.ModuleUnavailable,
    };
}
