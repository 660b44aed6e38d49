using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Interstice.Cli.Errors;
using Interstice.Server.EventStoreDb;

namespace Interstice.Cli.Hosting;

/// <summary>Where the EventStoreDB protocol is served, and for whom: options, environment, files. Passwords never come from the command
/// line, which everybody on the machine can see.</summary>
internal static class EndpointAccess
{
    /// <summary>Where it is served when nothing is said: as EventStoreDB is.</summary>
    public const string DefaultAddress = "127.0.0.1:2113";

    /// <summary>The environment variable that holds <c>name:password</c>.</summary>
    public const string CredentialsVariable = "INTERSTICE_ESDB_CREDENTIALS";

    /// <summary>The environment variable that names the file of the credentials.</summary>
    public const string CredentialsFileVariable = "INTERSTICE_ESDB_CREDENTIALS_FILE";

    /// <summary>Where to listen.</summary>
    public static Option<string?> Address { get; } = new("--esdb-endpoint")
    {
        Description = $"Where to serve the EventStoreDB protocol (default: {DefaultAddress}; port 0 takes a free one)",
        HelpName = "ADDRESS:PORT",
    };

    /// <summary>Who may call.</summary>
    public static Option<string?> CredentialsFile { get; } = new("--esdb-credentials-file")
    {
        Description = $"Who may call: name:password, one a line (default: {CredentialsVariable}, else the file of {CredentialsFileVariable})",
        HelpName = "FILE",
    };

    /// <summary>The address, with the certificate.</summary>
    /// <param name="text">What the option says.</param>
    /// <param name="certificate">For TLS; null for none.</param>
    /// <param name="isInsecure">Whether any address will do.</param>
    /// <exception cref="CliException">It is no address with a port.</exception>
    public static EndpointBinding BindingOf(string text, X509Certificate2? certificate, bool isInsecure)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon].Trim('[', ']');
        IPAddress? address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.Any,
            _ => IPAddress.TryParse(host, out IPAddress? parsed) ? parsed : null,
        };
        if (address is null || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new CliException(
                ExitCode.Usage, $"--esdb-endpoint takes an address of this machine with a port, such as {DefaultAddress} or 0.0.0.0:2113, not \"{text}\"");
        }

        return new EndpointBinding(new IPEndPoint(address, port), certificate, isInsecure);
    }

    /// <summary>Who may call: of the file that the option names, of the environment, of the file that the environment names; null for
    /// everybody.</summary>
    /// <param name="fileOption">What the option says; null when it was not given.</param>
    /// <exception cref="CliException">A file cannot be read, or names nobody.</exception>
    public static EndpointCredentials? ReadCredentials(string? fileOption)
    {
        if (fileOption is not null) HostSecrets.ExpectNamed(fileOption, CredentialsFile.Name);
        string? variable = Environment.GetEnvironmentVariable(CredentialsVariable);
        string? file = fileOption ?? (string.IsNullOrEmpty(variable) ? Environment.GetEnvironmentVariable(CredentialsFileVariable) : null);
        if (string.IsNullOrEmpty(file))
            return string.IsNullOrEmpty(variable) ? null : Parse([variable], $"the environment variable {CredentialsVariable}");
        try
        {
            return Parse(File.ReadLines(file), file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.Unopened, $"the file of the credentials cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Refuses an address that others reach without protection.</summary>
    /// <exception cref="CliException">Says what is missing.</exception>
    public static void ExpectProtected(EndpointBinding binding, EndpointOptions options)
    {
        if (binding.IsInsecureAllowed || binding.Missing(options) is not { } missing) return;
        throw new CliException(
            ExitCode.Usage,
            $"{binding.Address} is reached by other machines and has no {missing}; give it a certificate (--tls-certificate) and credentials " +
            $"({CredentialsVariable} or --esdb-credentials-file), listen on 127.0.0.1, or say --insecure where the network is to be trusted");
    }

    /// <summary>What a client on this machine connects with; without credentials.</summary>
    public static string ConnectionString(EndpointBinding binding, Uri listening)
    {
        string host = binding.IsPublic && IPAddress.Any.Equals(binding.Address.Address) ? Dns.GetHostName() : listening.Host;
        return string.Create(
            CultureInfo.InvariantCulture, $"esdb://{host}:{listening.Port}{(binding.Certificate is null ? "?tls=false" : "")}");
    }

    private static EndpointCredentials Parse(IEnumerable<string> lines, string place)
    {
        try
        {
            return EndpointCredentials.Parse(lines);
        }
        catch (FormatException fault)
        {
            throw new CliException(ExitCode.Usage, $"{place}: {fault.Message}; write name:password, one a line", fault);
        }
    }
}
