using Interstice.Cli.Errors;

namespace Interstice.Cli.Inspection;

/// <summary>A name as the command line takes it: <c>module.member</c>.</summary>
/// <param name="Module">The module.</param>
/// <param name="Member">Its table, reducer or query.</param>
internal readonly record struct QualifiedName(string Module, string Member)
{
    /// <summary>Takes a name apart.</summary>
    /// <param name="text">The text.</param>
    /// <param name="kind">What the member is: <c>table</c>, <c>reducer</c>, <c>query</c>.</param>
    /// <exception cref="CliException">It is no such name.</exception>
    public static QualifiedName Parse(string text, string kind)
    {
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || dot == text.Length - 1 || text.IndexOf('.', dot + 1) >= 0)
        {
            throw new CliException(
                ExitCode.Usage,
                $"\"{text}\" does not name a {kind}; write MODULE.{kind.ToUpperInvariant()}, such as {Example(kind)}");
        }

        return new(text[..dot], text[(dot + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Member}";

    private static string Example(string kind) => kind switch
    {
        "reducer" => "bank.transfer",
        "query" => "bank.balance",
        _ => "bank.accounts",
    };
}
