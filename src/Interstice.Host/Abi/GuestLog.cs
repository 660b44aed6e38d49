using Microsoft.Extensions.Logging;

namespace Interstice.Host.Abi;

/// <summary>Passes a module's log lines on to a logger, with module and function attached.</summary>
/// <param name="module">Name of the module.</param>
/// <param name="logger">The logger.</param>
public sealed partial class GuestLog(string module, ILogger logger) : IGuestLog
{
    /// <inheritdoc/>
    public void Write(int level, string function, string text)
    {
        var logLevel = (LogLevel)Math.Clamp(level, 0, 5);
        if (logger.IsEnabled(logLevel)) Log(logLevel, module, function, text);
    }

    [LoggerMessage(Message = "{Module}.{Function}: {Text}")]
    private partial void Log(LogLevel level, string module, string function, string text);
}
