using Interstice.Host.Projections;
using Interstice.Host.Replay;
using Interstice.Journal;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Replay;

/// <summary>R21: every log that a released format wrote replays to the hash that it always gave, and goes on.</summary>
public sealed class GoldenLogTests
{
    private const string HashOfVersion1 = "4485ab81a351e5507e0b6b2cc344cab1";
    private const string HashOfVersion2 = "493efa076e925a1ccf640886c68370d1";

    // Version 1 records no value; this is the one that its bytes have, so that it can be pinned too.
    private const string ChainOfVersion1 = "8b4bef6524f1eb8ca1d4d86cee00accf1e443cf133d6be42ae76995b769765ba";
    private const string ChainOfVersion2 = "aeb87a4fa62dd7b4525f2da841f06099976b95abd7516768a483d382e4703c42";

    [Theory]
    [InlineData(1, HashOfVersion1, ChainOfVersion1)]
    [InlineData(2, HashOfVersion2, ChainOfVersion2)]
    public async Task A_log_of_every_version_of_the_record_replays_to_the_same_hashes(int version, string hash, string chain)
    {
        string directory = CopyOfGolden(version);
        try
        {
            await using JournalStore store = await JournalStore.OpenAsync(new JournalOptions { Directory = directory });
            foreach (bool comparesEvery in new[] { false, true })
            {
                var projection = new ModuleProjection("bank") { ComparesEveryHash = comparesEvery };
                await ModuleReplay.RunAsync(store, projection, null, TimeProvider.System, null, CancellationToken.None);
                projection.TransactionCount.ShouldBe(5);
                projection.StateHash.ToString().ShouldBe(hash);
                projection.Chain.ToString().ShouldBe(chain);
                projection.IsChained.ShouldBe(version > 1);
            }
        }
        finally
        {
            System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(1, ChainOfVersion1)]
    [InlineData(2, ChainOfVersion2)]
    public async Task A_log_of_every_version_goes_on_with_a_chain_that_covers_what_was_there(int version, string chain)
    {
        HostFixture host = await HostFixture.StartAsync(CopyOfGolden(version));
        (await host.Host.ViewAsync("bank", projection => projection.Chain.ToString())).ShouldBe(chain);
        for (int i = 0; i < 3; i++) await host.CommitAsync("bank", "transfer", 1, 2, 10);
        ChainValue live = await host.Host.ViewAsync("bank", projection => projection.Chain);
        ModuleProjection rebuilt = await host.RebuildAsync("bank");
        rebuilt.Chain.ShouldBe(live);
        rebuilt.IsChained.ShouldBeTrue();
        await using HostFixture again = await HostFixture.StartAsync(await host.StopAsync());
        (await again.Host.ViewAsync("bank", projection => projection.Chain)).ShouldBe(live);
    }

    private static string CopyOfGolden(int version)
    {
        string copy = System.IO.Directory.CreateTempSubdirectory("interstice-golden-").FullName;
        foreach (string file in System.IO.Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Replay", "Golden", $"version-{version}")))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }
}
