using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Stores;
using Interstice.Journal;
using Interstice.Server.EventStoreDb;

namespace Interstice.Cli.Commands;

/// <summary><c>store</c>: serves a journal without modules over EventStoreDB's protocol, so that several hosts can share it.</summary>
internal static class StoreCommand
{
    private static readonly Option<string?> Certificate =
        new("--tls-certificate") { Description = "Certificate for TLS (PEM)", HelpName = "FILE" };

    private static readonly Option<string?> CertificateKey =
        new("--tls-key") { Description = "Private key of the certificate (PEM; default: in the same file)", HelpName = "FILE" };

    private static readonly Option<bool> Insecure = new("--insecure")
    {
        Description = "Listen on any address without TLS and credentials: whoever reaches it may read and write everything",
    };

    private static readonly Option<string?> LogFormat = FilterOptions.Word(
        "--log-format", "How to log on standard error: text or json (default: text)", HostLog.Formats);

    /// <summary>Makes the command.</summary>
    public static Command Create() => new Command("store", "Serve the store to other hosts over the EventStoreDB protocol, without modules")
    {
        EndpointAccess.Address, EndpointAccess.CredentialsFile, Certificate, CertificateKey, Insecure, LogFormat,
    }.Does(RunAsync);

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        using X509Certificate2? certificate =
            HostSecrets.ReadCertificate(parsed.GetValue(Certificate), parsed.GetValue(CertificateKey));
        EndpointBinding binding = EndpointAccess.BindingOf(
            parsed.GetValue(EndpointAccess.Address) ?? EndpointAccess.DefaultAddress, certificate, parsed.GetValue(Insecure));
        var options = new EndpointOptions { Credentials = EndpointAccess.ReadCredentials(parsed.GetValue(EndpointAccess.CredentialsFile)) };
        EndpointAccess.ExpectProtected(binding, options);
        string logFormat = parsed.GetValue(LogFormat) ?? HostLog.Formats[0];

        // Closed after the endpoint, in order.
        await using JournalStore journal = await StoreAccess.OpenJournalForServingAsync(session).ConfigureAwait(false);
        await using EventStoreDbEndpoint endpoint = await StartAsync(session, journal, binding, options, logFormat).ConfigureAwait(false);
        WriteServing(session, binding, endpoint.Address);
        await EndedAsync(session.Stopping).ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static async Task<EventStoreDbEndpoint> StartAsync(
        Session session, JournalStore journal, EndpointBinding binding, EndpointOptions options, string logFormat)
    {
        try
        {
            return await EventStoreDbEndpoint
                .StartAsync(journal, binding, options, logging => HostLog.Configure(logging, logFormat, session.IsVerbose), session.Stopping)
                .ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw new CliException(
                ExitCode.Unopened, $"{fault.Message.TrimEnd('.')}; end what listens there, or choose another port with --esdb-endpoint", fault);
        }
    }

    private static void WriteServing(Session session, EndpointBinding binding, Uri address)
    {
        string directory = StoreAccess.DirectoryOf(session);
        string connectionString = EndpointAccess.ConnectionString(binding, address);
        if (session.IsText) session.Output.WriteLine($"serving {directory} at {connectionString}");
        else session.Documents.WriteLine(json =>
        {
            json.WriteStartObject();
            json.WriteString("state", "serving");
            json.WriteString("store", directory);
            json.WriteString("address", address.Authority);
            json.WriteString("connectionString", connectionString);
            json.WriteBoolean("tls", binding.Certificate is not null);
            json.WriteNumber("process", Environment.ProcessId);
            json.WriteEndObject();
        });
        session.Output.Flush();
    }

    private static async Task EndedAsync(CancellationToken stopping)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stopping.Register(() => ended.TrySetResult()).ConfigureAwait(false))
            await ended.Task.ConfigureAwait(false);
    }
}
