using System.Xml.Linq;

namespace Interstice.Repository.Tests.References;

/// <summary>A project and what it refers to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Projects">Names of the projects it refers to.</param>
/// <param name="Packages">Names of the packages it refers to.</param>
internal sealed record ProjectFile(string Name, string[] Projects, string[] Packages)
{
    internal static ProjectFile Read(string path)
    {
        var xml = XDocument.Parse(RepositoryFiles.Read(path));
        string[] projects = [.. Includes(xml, "ProjectReference").Select(item => Path.GetFileNameWithoutExtension(item.Replace('\\', '/')))];
        return new ProjectFile(Path.GetFileNameWithoutExtension(path), projects, [.. Includes(xml, "PackageReference")]);
    }

    private static IEnumerable<string> Includes(XDocument xml, string element) =>
        xml.Descendants(element).Select(item => (string?)item.Attribute("Include")).OfType<string>();
}
