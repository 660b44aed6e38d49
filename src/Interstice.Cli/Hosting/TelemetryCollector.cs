using Interstice.Cli.Errors;
using Interstice.Cli.Stores;

namespace Interstice.Cli.Hosting;

/// <summary>Where telemetry is sent.</summary>
/// <param name="Address">The address; null where the exporter reads it from the environment itself, and treats it as its standard
/// says.</param>
internal sealed record TelemetryCollector(Uri? Address)
{
    /// <summary>The environment variable that names the collector: OpenTelemetry's own.</summary>
    public const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string FileSection = "Interstice";
    private const string FileKey = "OtlpEndpoint";

    /// <summary>The collector that is named: the command line before the environment before appsettings.json. Null for none.</summary>
    /// <param name="option">What <c>--otlp-endpoint</c> says; null when it was not given.</param>
    /// <exception cref="CliException">What is named is no address.</exception>
    public static TelemetryCollector? Read(string? option)
    {
        if (option is not null) return new(Parse(option, "--otlp-endpoint"));
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable)
        {
            Parse(variable, $"the environment variable {Variable}");
            return new TelemetryCollector(Address: null);
        }

        return SettingsFile.ReadSection(FileSection).GetValueOrDefault(FileKey) is { Length: > 0 } file
            ? new(Parse(file, $"{SettingsFile.Name}, {FileSection}:{FileKey}"))
            : null;
    }

    private static Uri Parse(string text, string place) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new CliException(ExitCode.Usage, $"{place} takes the address of a collector, such as http://127.0.0.1:4317, not \"{text}\"");
}
