using Interstice.Cli.Stores;
using Interstice.TestKit;

namespace Interstice.Cli.Tests.Stores;

public sealed class StoreAccessTests
{
    // A host archives, or prepares a segment, while a command adds up what its progress counts to.
    [Fact]
    public void Files_that_go_while_they_are_counted_count_nothing()
    {
        using TemporaryDirectory directory = new();
        foreach (string name in new[] { "a", "b", "c" }) File.WriteAllBytes(Path.Join(directory.Path, name), new byte[100]);
        StoreAccess.BytesIn(directory.Path).ShouldBe(300);
        StoreAccess.BytesOf(Going(directory.Path)).ShouldBe(200);
    }

    // Names each file, and removes the second one before anybody can look at it.
    private static IEnumerable<string> Going(string directory)
    {
        foreach (string path in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
        {
            if (path.EndsWith('b')) File.Delete(path);
            yield return path;
        }
    }
}
