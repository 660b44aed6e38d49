using Interstice.Wasm.Tests.Compilation;
using Interstice.Wasm.Tests.Determinism;
using Interstice.Wasm.Tests.Fuzzing;
using Interstice.Wasm.Tests.Hunting;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace Interstice.Wasm.Tests;

/// <summary>Runs the tests, or a command that needs processes of its own (docs/engine.md).</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) => args switch
    {
        ["hunt", .. string[] options] => HuntCommand.Run(options),
        ["hunt-part", .. string[] options] => HuntPart.Run(options),
        ["fuzz", .. string[] options] => FuzzCommand.Run(options),
        ["loads", .. string[] options] => LoadLoop.Run(options),
        ["digest", .. string[] options] => DigestCommand.Run(options),
        _ when args.Any(arg => arg is "--server" or "--internal-msbuild-node") =>
            await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => await ConsoleRunner.Run(args),
    };
}
