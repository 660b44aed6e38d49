using System.Text.Json;

namespace Interstice.Wasm.Spec.Suites;

/// <summary>One converted file of the suite: its commands in order, and its modules.</summary>
public sealed class SuiteFile
{
    private readonly Func<string, byte[]?> _readModule;

    private SuiteFile(string name, IReadOnlyList<SuiteCommand> commands, Func<string, byte[]?> readModule)
    {
        Name = name;
        Commands = commands;
        _readModule = readModule;
    }

    /// <summary>Name without extension, <c>memory_copy</c> for example.</summary>
    public string Name { get; }

    /// <summary>Its commands.</summary>
    public IReadOnlyList<SuiteCommand> Commands { get; }

    /// <summary>The bytes of one of its modules, or null when the suite lacks it.</summary>
    public byte[]? ReadModule(string fileName) => _readModule(fileName);

    /// <summary>Reads a file that wast2json wrote.</summary>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="json">Its content.</param>
    /// <param name="readModule">Reads a module beside it.</param>
    /// <exception cref="SuiteFormatException">It is not such a file.</exception>
    public static SuiteFile Parse(string path, byte[] json, Func<string, byte[]?> readModule)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            SuiteCommand[] commands =
                [.. document.RootElement.GetProperty("commands").EnumerateArray().Select(SuiteCommandParser.Parse)];
            return new SuiteFile(Path.GetFileNameWithoutExtension(path), commands, readModule);
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new SuiteFormatException($"{path} is not the JSON that wast2json writes: {e.Message}", e);
        }
    }
}
