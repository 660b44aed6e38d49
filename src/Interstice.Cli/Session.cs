using Interstice.Cli.Output;
using Interstice.Host.Modules;

namespace Interstice.Cli;

/// <summary>What every command is given: where results go, which store, and when to stop.</summary>
internal sealed class Session : IDisposable
{
    private readonly Interruption _interruption = new();

    /// <summary>Begins a session.</summary>
    /// <param name="format">Output format.</param>
    /// <param name="store">What <c>--store</c> says; null when it was not given.</param>
    /// <param name="isVerbose">Whether details are wanted.</param>
    public Session(OutputFormat format, string? store, bool isVerbose)
    {
        Format = format;
        StoreOption = store;
        IsVerbose = isVerbose;
        Documents = new DocumentWriter(Output, format);
    }

    /// <summary>Output format.</summary>
    public OutputFormat Format { get; }

    /// <summary>Whether results are for people.</summary>
    public bool IsText => Format == OutputFormat.Text;

    /// <summary>What <c>--store</c> says; null when it was not given.</summary>
    public string? StoreOption { get; }

    /// <summary>Whether details are wanted.</summary>
    public bool IsVerbose { get; }

    /// <summary>What <c>--state</c> says: a folder that may be thrown away; null when it was not given.</summary>
    public string? StateOption { get; init; }

    /// <summary>The engine that runs modules; set for commands that do.</summary>
    public IModuleEngine? Engine { get; set; }

    /// <summary>Values of the options of the journal that were given, by their names.</summary>
    public IReadOnlyDictionary<string, string> JournalOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Values of the options of a store elsewhere that were given, by their names.</summary>
    public IReadOnlyDictionary<string, string> EventStoreDbOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Values of the options for snapshots that were given, by their names.</summary>
    public IReadOnlyDictionary<string, string> SnapshotOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Standard output.</summary>
    public StandardOutput Output { get; } = new();

    /// <summary>Results for programs.</summary>
    public DocumentWriter Documents { get; }

    /// <summary>Progress of long work, on a terminal only.</summary>
    public ProgressLine Progress { get; } = new();

    /// <summary>Ends with Ctrl-C and with a request to end.</summary>
    public CancellationToken Stopping => _interruption.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Progress.Clear();
        Documents.Dispose();
        Output.Dispose();
        _interruption.Dispose();
    }
}
