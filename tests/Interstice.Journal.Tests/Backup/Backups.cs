using System.Globalization;
using Interstice.Journal.Backup;
using Interstice.Journal.Files;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Backup;

/// <summary>Backups between directories in memory: how they are taken, restored and checked.</summary>
internal static class Backups
{
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<BackupReport> TakeAsync(IJournalFiles store, IJournalFiles target, TimeProvider? time = null) =>
        StoreBackup.TakeAsync(store, target, time, null, Cancel).AsTask();

    public static Task<RestoreReport> RestoreAsync(
        IJournalFiles backup, IJournalFiles store, RestorePoint? point = null, bool hasNewId = false) =>
        StoreRestore.RunAsync(backup, store, point, hasNewId, null, null, Cancel);

    public static Task<BackupReport> VerifyAsync(IJournalFiles backup) => StoreRestore.VerifyAsync(backup, null, Cancel);

    /// <summary>The texts of a restored store, which also verifies, opens by its indexes, takes more, and rotates.</summary>
    public static async Task<List<string>> TextsOfAsync(IJournalFiles files)
    {
        List<string> texts;
        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        await using (JournalStore store = await Stores.OpenAsync(files))
        {
            store.Recovery.FooterProblems.ShouldBeEmpty();
            store.Recovery.TornTail.ShouldBeNull();
            texts = await Stores.TextsAsync(store);
            for (int more = 0; more < 12; more++) await Stores.AppendAsync(store, $"more {more}", padding: 400);
            (await Stores.TextsAsync(store)).Count.ShouldBe(texts.Count + 12);
        }

        (await Stores.VerifyAsync(files)).Errors.ShouldBeEmpty();
        return texts;
    }

    /// <summary>Restores all of a backup and gives the texts in it.</summary>
    public static async Task<List<string>> RestoredTextsAsync(IJournalFiles backup)
    {
        MemoryFiles restored = new();
        await RestoreAsync(backup, restored);
        return await TextsOfAsync(restored);
    }

    /// <summary>Appends numbered events to a store that is closed.</summary>
    public static async Task AppendAsync(MemoryFiles files, int from, int count, bool closes = true)
    {
        JournalStore store = await Stores.OpenAsync(files);
        for (int i = from; i < from + count; i++)
            await Stores.AppendAsync(store, i.ToString(CultureInfo.InvariantCulture), padding: i % 97);
        if (closes) await store.DisposeAsync();
        else files.Crash();
    }

    public static async Task<EventStoreErrorKind> FailureAsync(Func<Task> work) =>
        (await Should.ThrowAsync<EventStoreException>(work)).Kind;
}
