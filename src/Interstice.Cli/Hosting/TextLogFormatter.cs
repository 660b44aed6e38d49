using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Interstice.Cli.Hosting;

/// <summary>One line for each event: time, level, category, message, failure. Without the numbers that the compiler gives to events, which
/// mean nothing and change with the source.</summary>
/// <param name="options">Settings.</param>
internal sealed class TextLogFormatter(IOptions<LogFormatterOptions> options) : ConsoleFormatter(HostLog.FormatterName(Format))
{
    /// <summary>What <c>--log-format</c> calls it.</summary>
    public const string Format = "text";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(options.Value.Clock.GetUtcNow().ToString(LogFormatterOptions.Time, CultureInfo.InvariantCulture));
        textWriter.Write($" {WordOf(logEntry.LogLevel)}: {logEntry.Category}: {OneLine(message)}");
        if (logEntry.Exception is { } fault) textWriter.Write($" {OneLine(fault.ToString())}");
        textWriter.Write('\n');
    }

    private static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Critical => "crit",
        LogLevel.Error => "fail",
        LogLevel.Warning => "warn",
        LogLevel.Information => "info",
        LogLevel.Debug => "dbug",
        _ => "trce",
    };

    // What a module or a caller says must not look like a line of its own, nor steer a terminal.
    private static string OneLine(string text) =>
        text.Any(Steers) ? string.Concat(text.Select(letter => Steers(letter) ? ' ' : letter)) : text;

    // The line and paragraph separators are no control characters, and end lines all the same.
    private static bool Steers(char letter) => char.IsControl(letter) || letter is '\u2028' or '\u2029';
}
