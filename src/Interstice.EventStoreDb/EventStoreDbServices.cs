using Interstice.EventStoreDb.Settings;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Interstice.EventStoreDb;

/// <summary>Adds EventStoreDB as the event store of an application.</summary>
public static class EventStoreDbServices
{
    /// <summary>Where in the section of the settings the connection string stands.</summary>
    public const string ConnectionStringKey = "ConnectionString";

    /// <summary>Adds the store as the application's <see cref="IEventStore"/>. It connects with its first call, and is closed with the
    /// application's services, after all that uses it; they are to be disposed asynchronously, as hosts do. It logs where the application does,
    /// by the clock that it has, if any.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="connectionString">Such as <c>esdb://user:password@host:2113</c> (docs/eventstoredb.md).</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="ArgumentException">The connection string or a setting is wrong.</exception>
    public static IServiceCollection AddEventStoreDb(
        this IServiceCollection services, string connectionString, EventStoreDbOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        EventStoreDbStore.Check(connectionString, options);
        return services.AddSingleton<IEventStore>(provider => EventStoreDbStore.Connect(
            connectionString, options, provider.GetService<ILoggerFactory>(), provider.GetService<TimeProvider>()));
    }

    /// <summary>As <see cref="AddEventStoreDb(IServiceCollection, string, EventStoreDbOptions?)"/>, with what the section
    /// <c>Interstice:EventStoreDb</c> of a configuration says: <c>ConnectionString</c>, and the settings of docs/settings.md.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="configuration">The application's configuration.</param>
    /// <param name="options">What holds where the configuration says nothing; null for the defaults.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="ArgumentException">The section has no connection string, holds what is no setting, or no value of one.</exception>
    public static IServiceCollection AddEventStoreDb(
        this IServiceCollection services, IConfiguration configuration, EventStoreDbOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        IConfigurationSection section = configuration.GetSection(EventStoreDbSettings.Section);
        string[] known = [ConnectionStringKey, .. EventStoreDbSettings.All.Select(setting => setting.Name)];
        foreach (IConfigurationSection given in section.GetChildren())
        {
            if (known.Contains(given.Key, StringComparer.OrdinalIgnoreCase)) continue;
            throw new ArgumentException(
                $"{EventStoreDbSettings.Section} has no setting \"{given.Key}\"{NearestName.Suggest(given.Key, known)}; see docs/settings.md");
        }

        if (section[ConnectionStringKey] is not { Length: > 0 } connectionString)
            throw new ArgumentException($"{EventStoreDbSettings.Section}:{ConnectionStringKey} is not set; it says where the server is, such as esdb://localhost:2113");
        return services.AddEventStoreDb(connectionString, EventStoreDbSettings.Bind(options ?? new EventStoreDbOptions(), setting =>
            section[setting.Name] is { Length: > 0 } text ? (text, $"{EventStoreDbSettings.Section}:{setting.Name}") : null));
    }
}
