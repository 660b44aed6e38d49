using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Interstice.Cli.Hosting;

/// <summary>Where a running host logs: lines or JSON objects on standard error.</summary>
internal static class HostLog
{
    /// <summary>The formats that <c>--log-format</c> takes.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["text", "json"];

    /// <summary>Adds it.</summary>
    /// <param name="logging">The application's logging.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="isVerbose">Whether details are wanted.</param>
    public static void Configure(ILoggingBuilder logging, string format, bool isVerbose)
    {
        logging.SetMinimumLevel(isVerbose ? LogLevel.Debug : LogLevel.Information);
        logging.AddFilter("Microsoft", isVerbose ? LogLevel.Information : LogLevel.Warning);
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";
        if (format == "json")
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = TimeFormat;
                json.IncludeScopes = false;
            });
            return;
        }

        logging.AddSimpleConsole(text =>
        {
            text.UseUtcTimestamp = true;
            text.TimestampFormat = TimeFormat + " ";
            text.SingleLine = true;
            text.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }
}
