using System.Security.Cryptography;
using Interstice.Cli.Errors;
using Interstice.Cli.Stores;
using Microsoft.Extensions.Configuration;

namespace Interstice.Cli.Hosting;

/// <summary>The web server's own section of appsettings.json, for certificates and endpoints of its making.</summary>
internal static class KestrelSection
{
    private const string Name = "Kestrel";
    private const string Endpoints = "Endpoints";

    /// <summary>Reads it; empty where there is none.</summary>
    /// <exception cref="CliException">The file is no JSON.</exception>
    public static IConfigurationSection Read()
    {
        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile(SettingsFile.Name, optional: true, reloadOnChange: false)
                .Build()
                .GetSection(Name);
        }
        catch (InvalidDataException fault)
        {
            throw new CliException(
                ExitCode.Usage, $"{SettingsFile.Name} in the current directory cannot be used: {(fault.InnerException ?? fault).Message}", fault);
        }
    }

    /// <summary>The section without its endpoints: it would let them go before the addresses that it is given, and the command line goes
    /// before every file.</summary>
    public static IConfigurationSection WithoutEndpoints(this IConfigurationSection section)
    {
        IEnumerable<KeyValuePair<string, string?>> kept = section.AsEnumerable()
            .Where(pair => !pair.Key.StartsWith($"{Name}:{Endpoints}", StringComparison.OrdinalIgnoreCase));
        return new ConfigurationBuilder().AddInMemoryCollection(kept).Build().GetSection(Name);
    }

    /// <summary>Whether it names a certificate for addresses that have none of their own.</summary>
    public static bool HasDefaultCertificate(this IConfigurationSection section) => section.GetSection("Certificates:Default").Exists();

    /// <summary>Refuses files of certificates that are not there, which the server would report as an address that it cannot bind.</summary>
    /// <exception cref="CliException">One is missing; names the setting.</exception>
    public static void ExpectFiles(this IConfigurationSection section)
    {
        foreach ((string key, string? path) in section.AsEnumerable())
        {
            string[] names = key.Split(':');
            bool isFile = names.Any(name => Is(name, "Certificates") || Is(name, "Certificate")) && (Is(names[^1], "Path") || Is(names[^1], "KeyPath"));
            if (isFile && !string.IsNullOrEmpty(path) && !File.Exists(path))
                throw new CliException(ExitCode.Unopened, $"{SettingsFile.Name}, {key}: the file {path} does not exist; check the path");
        }
    }

    private static bool Is(string name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);

    /// <summary>The failure of a server that could make nothing of the section; null for another failure.</summary>
    public static CliException? Failure(this IConfigurationSection section, Exception fault)
    {
        if (!section.GetChildren().Any()) return null;
        string sentence = fault.Message.TrimEnd('.');
        return fault switch
        {
            CryptographicException => new CliException(
                ExitCode.Unopened,
                $"{SettingsFile.Name}, {Name}: a certificate with its private key cannot be read ({sentence}); check Path, KeyPath and Password", fault),
            InvalidOperationException or FormatException or ArgumentException => new CliException(
                ExitCode.Usage, $"{SettingsFile.Name}, {Name}: {sentence}; the section is the web server's own", fault),
            _ => null,
        };
    }
}
