namespace Interstice.Cli.Tests.Support;

/// <summary>A bank whose log has several segments, made once by the program; copy it.</summary>
public sealed class SegmentedStore : IAsyncLifetime
{
    private const int SegmentsMin = 5;

    public TestStore Store { get; } = new();

    public async ValueTask InitializeAsync()
    {
        string[] small = ["--segment-bytes", "4096"];
        (await Store.RunAsync(["publish", TestStore.BankFile, .. small])).ShouldSucceed();
        (await Store.RunAsync(["call", "bank.open_account", "alice", "100000", .. small])).ShouldSucceed();
        (await Store.RunAsync(["call", "bank.open_account", "bob", "0", .. small])).ShouldSucceed();
        while (Directory.GetFiles(Store.Path, "*.segment").Length < SegmentsMin)
            (await Store.RunAsync(["call", "bank.transfer", "1", "2", "10", .. small])).ShouldSucceed();
        (await Store.RunAsync(["call", "bank.transfer", "2", "1", "5", .. small])).ShouldSucceed();
    }

    public ValueTask DisposeAsync()
    {
        Store.Dispose();
        return ValueTask.CompletedTask;
    }
}
