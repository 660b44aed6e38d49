namespace Interstice.Cli.Tests.Support;

/// <summary>A bank whose log has several segments behind those that hold its code, made once by the program; copy it.</summary>
public sealed class LongStore : IAsyncLifetime
{
    private const int SegmentsBehind = 6;

    public TestStore Store { get; } = new();

    public async ValueTask InitializeAsync()
    {
        string[] small = ["--segment-bytes", "4096"];
        (await Store.RunAsync(["publish", TestStore.BankFile, .. small])).ShouldSucceed();
        int first = Segments;
        (await Store.RunAsync(["call", "bank.open_account", "alice", "100000", .. small])).ShouldSucceed();
        (await Store.RunAsync(["call", "bank.open_account", "bob", "0", .. small])).ShouldSucceed();
        string longName = new('n', 200);
        while (Segments < first + SegmentsBehind)
            (await Store.RunAsync(["call", "bank.open_account", longName, "10", .. small])).ShouldSucceed();
    }

    public ValueTask DisposeAsync()
    {
        Store.Dispose();
        return ValueTask.CompletedTask;
    }

    private int Segments => Directory.GetFiles(Store.Path, "*.segment").Length;
}
