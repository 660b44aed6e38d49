using Microsoft.Extensions.Logging.Console;

namespace Interstice.Cli.Hosting;

/// <summary>Settings of the formatters: where the time of a line comes from.</summary>
internal sealed class LogFormatterOptions : ConsoleFormatterOptions
{
    /// <summary>How a time is written, in UTC.</summary>
    public const string Time = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
