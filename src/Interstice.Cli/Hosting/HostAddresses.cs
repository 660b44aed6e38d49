using System.Net.Sockets;
using Interstice.Cli.Errors;
using Interstice.Cli.Stores;
using Interstice.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace Interstice.Cli.Hosting;

/// <summary>Where <c>run</c> listens, and whether it may (docs/operating.md).</summary>
internal static class HostAddresses
{
    /// <summary>Where it listens when nothing is said.</summary>
    public const string Default = "http://127.0.0.1:5080";

    /// <summary>The environment variable that <c>--urls</c> goes before.</summary>
    public const string Variable = "INTERSTICE_URLS";

    private const string FileSection = "Interstice";
    private const string FileKey = "Urls";

    /// <summary>The addresses: the command line before the environment before appsettings.json.</summary>
    /// <param name="option">What <c>--urls</c> says; null when it was not given.</param>
    /// <param name="kestrel">The server's own section of the configuration; endpoints there take the place of the default.</param>
    /// <exception cref="CliException">One is none.</exception>
    public static IReadOnlyList<ListenAddress> Read(string? option, IConfigurationSection kestrel)
    {
        string? text = option
            ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : null)
            ?? SettingsFile.ReadSection(FileSection).GetValueOrDefault(FileKey);
        if (text is null && kestrel.GetSection("Endpoints").GetChildren().Any()) return [];
        try
        {
            string[] urls = (text ?? Default).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (urls.Length == 0) throw new ArgumentException("--urls names no address; write http://127.0.0.1:5080");
            return [.. urls.Select(ListenAddress.Parse)];
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, fault.Message, fault);
        }
    }

    /// <summary>Refuses what would let strangers in, those of the server's own section included.</summary>
    /// <exception cref="CliException">An address is not secured.</exception>
    public static void ExpectSecured(IEnumerable<ListenAddress> addresses, IConfigurationSection kestrel, IntersticeOptions options)
    {
        try
        {
            IEnumerable<ListenAddress> configured = kestrel.GetSection("Endpoints").GetChildren()
                .Select(endpoint => ListenAddress.Parse(endpoint["Url"] ?? ""));
            foreach (ListenAddress address in addresses.Concat(configured))
            {
                if (address.Forbidden(options.ApiKeys.Any, options.Insecure) is { } reason)
                    throw new CliException(ExitCode.Usage, reason);
            }
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, $"{SettingsFile.Name}, Kestrel:Endpoints: {fault.Message}", fault);
        }
    }

    /// <summary>The failure of a server that could not listen.</summary>
    public static CliException NotBound(Exception fault)
    {
        bool isInUse = fault.ToString().Contains("address already in use", StringComparison.OrdinalIgnoreCase)
            || fault.InnerException is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
        string sentence = fault.Message.TrimEnd('.');
        return new CliException(
            ExitCode.Unopened,
            isInUse ? $"{sentence}; another program listens there, end it or choose another port with --urls" : $"{sentence}; check --urls",
            fault);
    }
}
