namespace Interstice.Server.Http;

/// <summary>Ends a request with a problem.</summary>
/// <param name="problem">The answer.</param>
/// <param name="inner">The cause, if there is one.</param>
internal sealed class ProblemException(Problem problem, Exception? inner = null) : Exception(problem.Detail, inner)
{
    public ProblemException(ProblemKind kind, string detail, Exception? inner = null)
        : this(new Problem(kind, detail), inner)
    {
    }

    /// <summary>The answer.</summary>
    public Problem Problem { get; } = problem;
}
