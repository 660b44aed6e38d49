namespace Interstice.TestKit;

/// <summary>A directory of its own for a test, removed with everything in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("interstice-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
