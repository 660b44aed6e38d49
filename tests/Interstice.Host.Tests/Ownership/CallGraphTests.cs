using System.Text;
using Interstice.Host.Ownership;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Tests.Ownership;

/// <summary>Goal: modules are in one group exactly when declared calls connect them.</summary>
public sealed class CallGraphTests
{
    [Theory]
    [InlineData("a b c", "a|b|c")]
    [InlineData("a>b b c", "a b|c")]
    [InlineData("c>b b>a a d", "a b c|d")]
    [InlineData("shop>stock shop>ledger stock ledger", "ledger shop stock")]
    [InlineData("a>b b>a", "a b")]
    [InlineData("a>missing b>missing", "a|b")]
    [InlineData("a>b a b", "a b")]
    public void Declared_calls_connect_modules_whichever_way_they_go(string declared, string groups)
    {
        IEnumerable<KeyValuePair<string, ModuleSchema?>> declarations = declared.Split(' ')
            .Select(text => text.Split('>'))
            .Select(parts => new KeyValuePair<string, ModuleSchema?>(parts[0], parts.Length == 1 ? null : Calling(parts[0], parts[1])));

        IReadOnlyList<IReadOnlyList<string>> found = CallGraph.FindGroups(declarations);

        string.Join('|', found.Select(group => string.Join(' ', group))).ShouldBe(groups);
    }

    private static ModuleSchema Calling(string module, string called) => ModuleSchema.Parse(Encoding.UTF8.GetBytes(
        $$$"""
        {"module":{"name":"{{{module}}}","version":"1.0.0","abi":1}}
        {"reducer":{"name":"go","calls":["{{{called}}}.go"]}}
        """));
}
