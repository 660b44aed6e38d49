using Interstice.Kernel.Schema;
using Interstice.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>What is for operators alone: whoever has an API key, or calls from the machine of a host that has none, and of the users whom the
/// application knows those that it says. As a filter it stands before whole routes.</summary>
/// <param name="options">Says who is one.</param>
internal sealed class OperatorRule(IntersticeOptions options) : IEndpointFilter
{
    /// <inheritdoc/>
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        Expect(http, $"{http.Request.Method} {http.Request.Path}");
        return next(context);
    }

    /// <summary>Refuses to show a table of the host's to others: its rows hold arguments of calls, those of private reducers too.</summary>
    /// <exception cref="ProblemException">The table is the host's, and the caller no operator.</exception>
    public void ExpectFor(HttpContext context, string module, TableSchema table)
    {
        if (table.IsOfHost) Expect(context, $"table {module}.{table.Name}");
    }

    private void Expect(HttpContext context, string what)
    {
        bool isUser = context.User.Identity?.IsAuthenticated == true;
        if (!isUser || options.IsOperator(context.User)) return;
        throw new ProblemException(
            ProblemKind.Denied,
            $"{what} is for operators: callers with an API key, and users whom the application makes operators (by default with the role {IntersticeOptions.OperatorRole})");
    }
}
