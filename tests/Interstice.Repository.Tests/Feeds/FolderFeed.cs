using System.IO.Compression;

namespace Interstice.Repository.Tests.Feeds;

/// <summary>A package feed in a folder.</summary>
/// <param name="path">The folder, which is made.</param>
internal sealed class FolderFeed(string path)
{
    internal string Path { get; } = Directory.CreateDirectory(path).FullName;

    /// <summary>Adds a package without content.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="dependency">Name of a package that it needs in version 1.0.0, or null.</param>
    internal void Serve(string name, string version, string? dependency = null)
    {
        using ZipArchive package = ZipFile.Open(
            System.IO.Path.Combine(Path, $"{name}.{version}.nupkg"), ZipArchiveMode.Create);
        using var specification = new StreamWriter(package.CreateEntry($"{name}.nuspec").Open());
        string needs = dependency is null ? "" : $"""<dependency id="{dependency}" version="1.0.0" />""";
        specification.Write($"""
            <?xml version="1.0"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>{name}</id>
                <version>{version}</version>
                <authors>tests</authors>
                <description>Made by a test.</description>
                <dependencies><group targetFramework="net10.0">{needs}</group></dependencies>
              </metadata>
            </package>
            """);
    }
}
