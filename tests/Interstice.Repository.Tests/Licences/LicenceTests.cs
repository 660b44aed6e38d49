using System.Xml.Linq;

namespace Interstice.Repository.Tests.Licences;

public sealed class LicenceTests
{
    /// <summary>Licences under which a package may stand beside code under Apache-2.0.</summary>
    private static readonly string[] Compatible =
        [
            "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "MIT", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "MS-PL", "MIT-0",
            "PostgreSQL", // asks for no more than to keep its notice, as the BSD licences do (opensource.org/license/postgresql)
        ];

    /// <summary>Packages that name the place of their licence instead of the licence, and what stands there.</summary>
    private static readonly Dictionary<string, string> ReadByHand = new()
    {
        ["MediatR/5.1.0"] = "Apache-2.0",
    };

    [Fact]
    public void Every_package_has_a_licence_that_goes_with_ours()
    {
        string objects = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "obj");
        PackageLicence[] packages = [.. Directory.EnumerateFiles(objects, "project.assets.json", SearchOption.AllDirectories)
            .SelectMany(PackageLicence.ReadAll).Distinct()];
        packages.ShouldContain(package => package.Package.StartsWith("MediatR/", StringComparison.Ordinal));
        packages.Where(package => !IsCompatible(package)).ShouldBeEmpty();
    }

    [Fact]
    public void A_licence_that_does_not_go_with_ours_is_found()
    {
        IsCompatible(Package("<license type=\"expression\">MIT</license>")).ShouldBeTrue();
        IsCompatible(Package("<license type=\"expression\">MIT OR GPL-2.0-only</license>")).ShouldBeTrue();
        IsCompatible(Package("<license type=\"expression\">GPL-3.0-only</license>")).ShouldBeFalse();
        IsCompatible(Package("<license type=\"expression\">MIT AND GPL-3.0-only</license>")).ShouldBeFalse();
        IsCompatible(Package("<license type=\"file\">LICENSE.txt</license>")).ShouldBeFalse();
        IsCompatible(Package("<licenseUrl>https://example.com/terms</licenseUrl>")).ShouldBeFalse();
        IsCompatible(Package("")).ShouldBeFalse();
    }

    private static bool IsCompatible(PackageLicence package) => Compatible.Contains(ReadByHand.GetValueOrDefault(package.Package))
        || package.Licence.Split(" OR ").Any(choice =>
            choice.Split(" AND ").All(part => Compatible.Contains(part.Trim('(', ')', ' '))));

    private static PackageLicence Package(string element) =>
        new("Planted/1.0.0", PackageLicence.LicenceOf(XDocument.Parse($"<package><metadata>{element}</metadata></package>")));
}
