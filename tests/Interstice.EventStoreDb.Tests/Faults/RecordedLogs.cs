using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Interstice.EventStoreDb.Tests.Faults;

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordedLogs : ILoggerFactory, ILogger
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Ends when something was logged.</summary>
    internal Task First => _first.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
        _first.TrySetResult();
    }

    public void Dispose()
    {
    }
}
