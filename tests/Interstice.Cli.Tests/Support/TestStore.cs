using Interstice.TestKit;

namespace Interstice.Cli.Tests.Support;

/// <summary>A directory with a store in <c>.interstice</c>, where the program looks by itself.</summary>
public sealed class TestStore : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static string BankFile => System.IO.Path.Join(AppContext.BaseDirectory, "bank.wasm");

    public string Directory => _directory.Path;

    public string Path => System.IO.Path.Join(Directory, ".interstice");

    /// <summary>The first segment of the log.</summary>
    public string Segment => System.IO.Directory.GetFiles(Path, "*.segment").Order(StringComparer.Ordinal).First();

    public string StoreFile => System.IO.Path.Join(Path, "interstice.journal");

    public Task<ProgramResult> RunAsync(params IEnumerable<string> arguments) =>
        RunningProgram.RunAsync(Directory, arguments);

    /// <summary>Runs the program with a variable in its environment.</summary>
    public Task<ProgramResult> RunWithAsync(string variable, string value, params IEnumerable<string> arguments) =>
        RunningProgram.RunAsync(Directory, arguments, (variable, value));

    /// <summary>Runs the program with variables in its environment.</summary>
    public Task<ProgramResult> RunWithAsync((string Name, string Value)[] variables, params IEnumerable<string> arguments) =>
        RunningProgram.RunAsync(Directory, arguments, variables);

    public RunningProgram Start(params IEnumerable<string> arguments) => RunningProgram.Start(Directory, arguments);

    /// <summary>A copy with a life of its own.</summary>
    public TestStore Copy()
    {
        var copy = new TestStore();
        System.IO.Directory.CreateDirectory(copy.Path);
        foreach (string file in System.IO.Directory.GetFiles(Path))
            File.Copy(file, System.IO.Path.Join(copy.Path, System.IO.Path.GetFileName(file)));
        return copy;
    }

    public void Dispose() => _directory.Dispose();
}
