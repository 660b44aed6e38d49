using Interstice.TestKit.Engines;

namespace Interstice.Host.Tests.Tables;

/// <summary>The module <c>script</c> of tests/modules/plain, with declarations beside its own: it does what its argument says.</summary>
internal static class ScriptedModule
{
    public const string Name = "script";

    /// <summary>Its binary with further declarations, one JSON object each.</summary>
    public static byte[] Binary(params IEnumerable<string> declarations) => Declarations.Append(HostFixture.Binary(Name), declarations);
}
