using Interstice.Cli.Stores;
using Interstice.Host.Retention;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Microsoft.Extensions.DependencyInjection;

namespace Interstice.Cli.Hosting;

/// <summary>Gives a host its store.</summary>
internal static class StoreServices
{
    /// <summary>Adds an open store with its snapshots and, for an embedded journal that is written, its retention. The caller closes the
    /// store after the host.</summary>
    public static void AddStore(this IServiceCollection services, Session session, OpenStore store, bool isReader)
    {
        services.AddSingleton(store.Events);
        if (store.Snapshots is { } snapshots) services.AddSingleton<SnapshotStore>(snapshots);
        if (isReader || store.Journal is not { } journal) return;
        if (StoreAccess.SettingsOf(session, store.Name).HasRetention) services.AddSingleton<ILogRetention>(new JournalRetention(journal));
    }
}
