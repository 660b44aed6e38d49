using Microsoft.Extensions.Logging;

namespace Interstice.Cli.Hosting;

/// <summary>Where a running host logs: lines or JSON objects on standard error.</summary>
internal static class HostLog
{
    /// <summary>The formats that <c>--log-format</c> takes.</summary>
    public static IReadOnlyList<string> Formats { get; } = [TextLogFormatter.Format, JsonLogFormatter.Format];

    /// <summary>The name of a formatter among those of the logging library, which has a json of its own.</summary>
    public static string FormatterName(string format) => $"interstice-{format}";

    /// <summary>Adds it.</summary>
    /// <param name="logging">The application's logging.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="isVerbose">Whether details are wanted.</param>
    public static void Configure(ILoggingBuilder logging, string format, bool isVerbose)
    {
        logging.SetMinimumLevel(isVerbose ? LogLevel.Debug : LogLevel.Information);
        logging.AddFilter("Microsoft", isVerbose ? LogLevel.Information : LogLevel.Warning);

        // A failure to start is told once, as a sentence.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", isVerbose ? LogLevel.Information : LogLevel.None);
        logging.AddConsole(console =>
        {
            console.FormatterName = FormatterName(format);
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.AddConsoleFormatter<TextLogFormatter, LogFormatterOptions>();
        logging.AddConsoleFormatter<JsonLogFormatter, LogFormatterOptions>();
    }
}
