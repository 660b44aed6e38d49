using Interstice.Wasm.Tests.Hunting;

namespace Interstice.Wasm.Tests.Determinism;

/// <summary>A guest does the same whatever the just-in-time compiler does: tiers, profiles, precompiled code, instruction
/// sets, the collector's pace, and the seeds of hash codes, which differ in every process.</summary>
public sealed class JitSettingTests
{
    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(4);

    // The tests' own process is the one with the settings of the machine.
    private static readonly Lazy<string> Here = new(() =>
    {
        List<string> lines = Workload.Run();
        return $"{lines.Count} {Workload.Digest(lines)}";
    });

    [Theory]
    [InlineData("DOTNET_TieredCompilation", "1")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    [InlineData("DOTNET_TieredPGO", "0")]
    [InlineData("DOTNET_ReadyToRun", "0")]
    [InlineData("DOTNET_TC_QuickJitForLoops", "0")]
    [InlineData("DOTNET_OSR_HitLimit", "1")]
    [InlineData("DOTNET_EnableAVX", "0")]
    [InlineData("DOTNET_EnableAVX2", "0")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    [InlineData("DOTNET_GCgen0size", "40000")]
    public void Every_observation_is_the_same_under(string setting, string value)
    {
        (int? exitCode, string output) = SelfProcess.Run(
            ["digest"], new Dictionary<string, string> { [setting] = value }, TimeMax);

        exitCode.ShouldBe(0, output);
        output.Trim().ShouldBe(Here.Value, $"the command digest --lines FILE shows the observations; with {setting}={value}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{setting}={value}: {output.Trim()}");
    }
}
