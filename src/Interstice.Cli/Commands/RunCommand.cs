using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Cli.Stores;
using Interstice.Host.Modules;
using Interstice.Server.EventStoreDb;
using Interstice.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Interstice.Cli.Commands;

/// <summary><c>run</c>: the host application. Ends with the first Ctrl-C or request to end, after what was begun is finished.</summary>
internal static partial class RunCommand
{
    private static readonly Option<string[]> Module = new("--module")
    {
        Description = "A module binary to publish before calls are taken; can be given several times",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Urls = new("--urls")
    {
        Description = $"Where to listen, several separated by ; (default: {HostAddresses.Variable}, else {HostAddresses.Default})",
        HelpName = "URL",
    };

    private static readonly Option<string?> Certificate =
        new("--tls-certificate") { Description = "Certificate for https addresses (PEM)", HelpName = "FILE" };
    private static readonly Option<string?> CertificateKey =
        new("--tls-key") { Description = "Private key of the certificate (PEM; default: in the same file)", HelpName = "FILE" };
    private static readonly Option<string?> LogFormat = FilterOptions.Word(
        "--log-format", "How to log on standard error: text or json (default: text)", HostLog.Formats);

    private static readonly Option<string?> OtlpEndpoint = new("--otlp-endpoint")
    {
        Description = $"Collector that spans and metrics are sent to by OTLP (default: {TelemetryCollector.Variable}, else none)",
        HelpName = "URL",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("run", "The host: takes calls over HTTP until it is told to end")
        {
            Module, Urls, GlobalOptions.Insecure, GlobalOptions.ApiKeyFile, Certificate, CertificateKey, EndpointAccess.Address, EndpointAccess.CredentialsFile, LogFormat,
            OtlpEndpoint,
        };
        foreach (Option<string?> setting in GlobalOptions.Server) command.Add(setting);
        return command.Runs(RunAsync);
    }

    private static async Task<ExitCode> RunAsync(ParseResult parsed, Session session)
    {
        IntersticeOptions options = await ReadOptionsAsync(parsed, session).ConfigureAwait(false);
        IConfigurationSection kestrel = KestrelSection.Read();
        HostAddresses addresses = HostAddresses.Read(parsed.GetValue(Urls), kestrel);
        addresses.ExpectSecured(options);
        (addresses.AreEndpoints ? kestrel : kestrel.WithoutEndpoints()).ExpectFiles();
        using X509Certificate2? certificate =
            HostSecrets.ReadCertificate(parsed.GetValue(Certificate), parsed.GetValue(CertificateKey));
        bool hasCertificate = certificate is not null || addresses.AreEndpoints || kestrel.HasDefaultCertificate();
        if (!hasCertificate && addresses.All.FirstOrDefault(address => address.IsHttps) is { } https)
            throw new CliException(ExitCode.Usage, $"{https} wants a certificate; name PEM files with --tls-certificate and --tls-key");

        TelemetryCollector? collector = TelemetryCollector.Read(parsed.GetValue(OtlpEndpoint));
        (EndpointBinding Binding, EndpointOptions Options)? protocol = ReadEndpoint(parsed, certificate, options.Insecure);
        void ConfigureLog(ILoggingBuilder logging) =>
            HostLog.Configure(logging, parsed.GetValue(LogFormat) ?? HostLog.Formats[0], session.IsVerbose);

        // The store is there before the application and its log, and longer.
        using ILoggerFactory storeLog = LoggerFactory.Create(ConfigureLog);
        await using OpenStore store = await StoreAccess.OpenForServingAsync(session, storeLog).ConfigureAwait(false);
        options = options with { StoreName = store.Name };
        WebApplication application = HostApplication.Build(session, store, options, addresses, kestrel, certificate, ConfigureLog);
        await using (application.ConfigureAwait(false))
        {
            using TelemetryExport? telemetry = collector is null ? null : TelemetryExport.Start(collector, application.Logger);
            WarnOfInsecurity(application.Logger, addresses.All, options.ApiKeys.Any);
            await using EventStoreDbEndpoint? endpoint = protocol is { } served
                ? await StartEndpointAsync(session, store, served.Binding, served.Options, application.Logger).ConfigureAwait(false)
                : null;
            await ServeAsync(session, application, kestrel, endpoint?.Address).ConfigureAwait(false);
        }

        return ExitCode.Success;
    }

    private static async Task<IntersticeOptions> ReadOptionsAsync(ParseResult parsed, Session session)
    {
        List<StartupModule> modules = [];
        foreach (string path in parsed.GetValue(Module) ?? [])
        {
            byte[] binary = await InputFile.ReadAsync(path, CodeStore.BinaryBytesMax, session.Stopping).ConfigureAwait(false);
            ModuleFile.Check(path, binary);
            modules.Add(new StartupModule(path, binary, LocalCaller.Identity));
        }

        var given = new IntersticeOptions
        {
            Host = new ModuleHostOptions { Snapshots = SnapshotAccess.Options(session, isReader: false) },
            ApiKeys = HostSecrets.ReadKeys(parsed.GetValue(GlobalOptions.ApiKeyFile)),
            Modules = modules,
        };
        IntersticeOptions options = HostSettings.Apply(given, GlobalOptions.Values(parsed, GlobalOptions.Server));
        return parsed.GetValue(GlobalOptions.Insecure) ? options with { Insecure = true } : options;
    }

    // Streams of modules have one writer, the host; whoever else appends to them stops it.
    private static (EndpointBinding Binding, EndpointOptions Options)? ReadEndpoint(
        ParseResult parsed, X509Certificate2? certificate, bool isInsecure)
    {
        if (parsed.GetValue(EndpointAccess.Address) is not { } text)
        {
            return parsed.GetValue(EndpointAccess.CredentialsFile) is null
                ? null
                : throw new CliException(
                    ExitCode.Usage, $"{EndpointAccess.CredentialsFile.Name} wants {EndpointAccess.Address.Name} beside it; the HTTP API takes --api-key-file");
        }

        EndpointBinding binding = EndpointAccess.BindingOf(text, certificate, isInsecure);
        var options = new EndpointOptions
        {
            Credentials = EndpointAccess.ReadCredentials(parsed.GetValue(EndpointAccess.CredentialsFile)),
            ReadOnlyPrefix = EndpointOptions.ModuleStreams,
        };
        EndpointAccess.ExpectProtected(binding, options);
        return (binding, options);
    }

    private static async Task<EventStoreDbEndpoint> StartEndpointAsync(
        Session session, OpenStore store, EndpointBinding binding, EndpointOptions options, ILogger logger)
    {
        if (binding.Missing(options) is { } missing) LogInsecureEndpoint(logger, binding.Address, missing);
        try
        {
            return await EventStoreDbEndpoint
                .StartAsync(store.Journal ?? store.Events, binding, options, cancellationToken: session.Stopping)
                .ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw HostAddresses.NotBound(fault);
        }
    }

    private static async Task ServeAsync(Session session, WebApplication application, IConfigurationSection kestrel, Uri? endpoint)
    {
        HostState state = application.Services.GetRequiredService<HostState>();
        try
        {
            await application.StartAsync(session.Stopping).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw HostAddresses.NotBound(fault);
        }
        catch (Exception fault) when (kestrel.Failure(fault) is { } known)
        {
            throw known;
        }

        WriteListening(session, application.Urls, endpoint);
        Task ended = EndedAsync(application.Lifetime, session.Stopping);
        await Task.WhenAny(state.Settled, ended).ConfigureAwait(false);
        if (state.Phase == HostPhase.Running) WriteReady(session, application.Services.GetRequiredService<ModuleHost>());
        await ended.ConfigureAwait(false);
        await application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (state.Failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private static async Task EndedAsync(IHostApplicationLifetime lifetime, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, stopping);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (either.Token.Register(() => ended.TrySetResult()).ConfigureAwait(false))
            await ended.Task.ConfigureAwait(false);
    }

    private static void WriteListening(Session session, ICollection<string> urls, Uri? endpoint)
    {
        if (session.IsText) session.Output.WriteLine($"listening on {string.Join(", ", urls)}{(endpoint is null ? "" : $"; EventStoreDB's protocol on {endpoint.Authority}")}");
        else session.Documents.WriteLine(json =>
        {
            json.WriteStartObject();
            json.WriteString("state", "listening");
            json.WriteStartArray("urls");
            foreach (string url in urls) json.WriteStringValue(url);
            json.WriteEndArray();
            json.WriteString("esdbEndpoint", endpoint?.Authority);
            json.WriteNumber("process", Environment.ProcessId);
            json.WriteEndObject();
        });
        session.Output.Flush();
    }

    private static void WriteReady(Session session, ModuleHost host)
    {
        if (session.IsText)
            session.Output.WriteLine(host.Names.Count == 0 ? "ready; no modules yet" : $"ready; modules: {string.Join(", ", host.Names)}");
        else session.Documents.WriteLine(json =>
        {
            json.WriteStartObject();
            json.WriteString("state", "ready");
            json.WriteStartArray("modules");
            foreach (string module in host.Names) json.WriteStringValue(module);
            json.WriteEndArray();
            json.WriteEndObject();
        });
        session.Output.Flush();
    }

    private static void WarnOfInsecurity(ILogger logger, IEnumerable<ListenAddress> addresses, bool hasKeys)
    {
        foreach (ListenAddress address in addresses)
        {
            if (address.Missing(hasKeys) is not { } missing) continue;
            if (hasKeys) LogReadable(logger, address, missing);
            else LogInsecure(logger, address, missing);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "INSECURE: the protocol endpoint {Address} is open to other machines without {Missing}, as --insecure allows")]
    private static partial void LogInsecureEndpoint(ILogger logger, IPEndPoint address, string missing);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "INSECURE: {Address} is open to other machines without {Missing}, as --insecure allows: whoever reaches it may publish, call and read everything")]
    private static partial void LogInsecure(ILogger logger, ListenAddress address, string missing);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "INSECURE: {Address} is open to other machines without {Missing}, as --insecure allows: whoever listens on the way reads the API key and everything else")]
    private static partial void LogReadable(ILogger logger, ListenAddress address, string missing);
}
