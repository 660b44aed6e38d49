using System.Globalization;
using System.Text;
using Interstice.Cli.Errors;
using Interstice.Host.Inspection;
using Interstice.Kernel.Values;

namespace Interstice.Cli.Remote;

/// <summary>The log of a running host.</summary>
/// <param name="session">Where it is written.</param>
/// <param name="server">The host.</param>
internal sealed class RemoteLog(Session session, ServerClient server)
{
    /// <summary>Writes the events.</summary>
    /// <param name="filter">What is wanted.</param>
    /// <param name="skip">How many are left out first; null for none.</param>
    /// <param name="limit">Most events; null for all.</param>
    /// <param name="isFollowing">Whether to go on until interrupted.</param>
    public async Task<ExitCode> WriteAsync(LogFilter filter, long? skip, long? limit, bool isFollowing)
    {
        string query = QueryText.Of(
            ("module", filter.Module),
            ("table", filter.Table),
            ("op", filter.Operation),
            ("reducer", filter.Reducer),
            ("caller", filter.Caller),
            ("from", filter.From?.ToString(CultureInfo.InvariantCulture)),
            ("to", filter.To?.ToString(CultureInfo.InvariantCulture)),
            ("since", filter.SinceUs is { } since ? TimestampText.Format(since) : null),
            ("until", filter.UntilUs is { } until ? TimestampText.Format(until) : null),
            ("match", filter.Match?.ToString()),
            ("skip", skip?.ToString(CultureInfo.InvariantCulture)),
            ("limit", limit?.ToString(CultureInfo.InvariantCulture)),
            ("follow", isFollowing ? "true" : null));
        using HttpResponseMessage response = await server
            .GetStreamAsync("v1/log" + query, session.IsText ? "text/plain" : "application/x-ndjson")
            .ConfigureAwait(false);
        using var reader = new StreamReader(
            await response.Content.ReadAsStreamAsync(session.Stopping).ConfigureAwait(false), Encoding.UTF8);
        try
        {
            while (!session.Output.IsClosed && await reader.ReadLineAsync(session.Stopping).ConfigureAwait(false) is { } line)
            {
                if (session.IsText) session.Output.WriteLine(line);
                else session.Documents.WriteItem(Encoding.UTF8.GetBytes(line));
                if (isFollowing) session.Output.Flush();
            }
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException)
        {
            throw new CliException(ExitCode.Failed, $"the answer of {server.Address} broke off ({fault.Message.TrimEnd('.')}); the host's log says why", fault);
        }
        finally
        {
            if (!session.IsText) session.Documents.EndItems();
        }

        return ExitCode.Success;
    }
}
