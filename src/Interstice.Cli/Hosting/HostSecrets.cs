using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Interstice.Cli.Errors;
using Interstice.Server.Hosting;

namespace Interstice.Cli.Hosting;

/// <summary>Keys and certificates: from the environment or files, never from the command line itself, which everybody can see.</summary>
internal static class HostSecrets
{
    /// <summary>The environment variable that holds the API key.</summary>
    public const string KeyVariable = "INTERSTICE_API_KEY";

    /// <summary>The environment variable that names the file of the API key.</summary>
    public const string KeyFileVariable = "INTERSTICE_API_KEY_FILE";

    /// <summary>The API keys: of the file that the option names, of the environment, of the file that the environment names.</summary>
    /// <param name="fileOption">What <c>--api-key-file</c> says; null when it was not given.</param>
    /// <exception cref="CliException">A file cannot be read, or holds no key.</exception>
    public static ApiKeys ReadKeys(string? fileOption) =>
        ReadKeyText(fileOption) is var (text, place) ? Parse(text, place) : ApiKeys.None;

    /// <summary>The API key to send; the first one where a file holds several. Null when there is none.</summary>
    /// <param name="fileOption">What <c>--api-key-file</c> says; null when it was not given.</param>
    /// <exception cref="CliException">A file cannot be read, or holds what can be no host's key.</exception>
    public static string? ReadKey(string? fileOption)
    {
        if (ReadKeyText(fileOption) is not var (text, place)) return null;

        // What no host takes is not sent either: some of it could not even be written into a header.
        Parse(text, place);
        return text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0];
    }

    /// <summary>The certificate for TLS out of PEM files; null when none is named.</summary>
    /// <exception cref="CliException">A file cannot be read, or holds none.</exception>
    public static X509Certificate2? ReadCertificate(string? certificate, string? key)
    {
        if (certificate is null)
            return key is null ? null : throw new CliException(ExitCode.Usage, "--tls-key wants --tls-certificate beside it");
        ExpectNamed(certificate, "--tls-certificate");
        if (key is not null) ExpectNamed(key, "--tls-key");
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(
                ExitCode.Unopened,
                $"no certificate with its private key can be read from {certificate}{(key is null ? "" : $" and {key}")} " +
                $"({fault.Message.TrimEnd('.')}); name PEM files with --tls-certificate and --tls-key",
                fault);
        }
    }

    /// <summary>Refuses an option that was given without a file, such as one made of a variable that is not set: to pass over it would do
    /// without what it protects.</summary>
    /// <exception cref="CliException">It is empty.</exception>
    public static void ExpectNamed(string file, string option)
    {
        if (string.IsNullOrWhiteSpace(file)) throw new CliException(ExitCode.Usage, $"{option} is empty; name a file, or leave it out");
    }

    private static ApiKeys Parse(string text, string place)
    {
        try
        {
            return ApiKeys.Parse(text, place);
        }
        catch (ArgumentException fault)
        {
            throw new CliException(ExitCode.Usage, fault.Message, fault);
        }
    }

    private static (string Text, string Place)? ReadKeyText(string? fileOption)
    {
        if (fileOption is not null)
        {
            ExpectNamed(fileOption, "--api-key-file");
            return (ReadFile(fileOption), fileOption);
        }

        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key) return (key, $"the environment variable {KeyVariable}");
        return Environment.GetEnvironmentVariable(KeyFileVariable) is { Length: > 0 } file ? (ReadFile(file), file) : null;
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CliException(ExitCode.Unopened, $"the file of the API key cannot be read: {fault.Message}", fault);
        }
    }
}
