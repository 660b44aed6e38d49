using System.Text.Json;
using System.Xml.Linq;

namespace Interstice.Repository.Tests.Licences;

/// <summary>A package that the solution uses, directly or through another, and its licence.</summary>
/// <param name="Package">Name and version.</param>
/// <param name="Licence">SPDX expression, or where its text is; empty if the package says nothing.</param>
internal sealed record PackageLicence(string Package, string Licence)
{
    /// <summary>Reads the packages that restore chose for a project out of its assets, and their licences out of the package
    /// cache; what the cache does not hold is passed over.</summary>
    internal static IEnumerable<PackageLicence> ReadAll(string assetsPath)
    {
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllBytes(assetsPath));
        string[] folders = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
        foreach (JsonProperty library in assets.RootElement.GetProperty("libraries").EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package") continue;
            string path = library.Value.GetProperty("path").GetString()!;
            string? folder = folders.FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, path)));
            if (folder is null) continue;
            string? specification = Directory.EnumerateFiles(Path.Combine(folder, path), "*.nuspec").FirstOrDefault();
            if (specification is not null) yield return new PackageLicence(library.Name, LicenceOf(XDocument.Load(specification)));
        }
    }

    internal static string LicenceOf(XDocument specification)
    {
        XElement? licence = Find(specification, "license");
        if ((string?)licence?.Attribute("type") == "expression") return licence.Value;
        return Find(specification, "licenseUrl")?.Value ?? licence?.Value ?? "";
    }

    private static XElement? Find(XDocument specification, string name) =>
        specification.Descendants().FirstOrDefault(element => element.Name.LocalName == name);
}
