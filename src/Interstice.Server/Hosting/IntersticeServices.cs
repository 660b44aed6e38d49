using Interstice.Host;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Server.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Interstice.Server.Hosting;

/// <summary>Adds a host of modules to an application.</summary>
public static class IntersticeServices
{
    /// <summary>Adds a host that starts and stops with the application, for one that only uses it from inside (through MediatR) or
    /// maps the HTTP API besides (<see cref="HttpRoutes.MapInterstice"/>). The application adds an <see cref="IEventStore"/>, which it
    /// closes after its services, an <see cref="IModuleEngine"/>, and logging.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The collection.</returns>
    public static IServiceCollection AddInterstice(this IServiceCollection services, IntersticeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new IntersticeOptions();
        services.AddIntersticeHost(options.Host);
        services.TryAddSingleton(options);
        services.TryAddSingleton<HostState>();
        services.TryAddSingleton<HostMetrics>();
        services.TryAddSingleton<StoreWatch>();
        services.TryAddSingleton<Readiness>();
        services.TryAddSingleton<RequestBounds>();
        services.AddHostedService<IntersticeService>();
        services.AddOpenApi(HttpRoutes.DocumentName, OpenApiDescription.Configure);
        return services;
    }

    /// <summary>As <see cref="AddInterstice(IServiceCollection, IntersticeOptions?)"/>, with what the section
    /// <c>Interstice:Server</c> of a configuration says.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="configuration">The application's configuration.</param>
    /// <param name="options">What holds where the configuration says nothing; null for the defaults.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="ArgumentException">The section holds what is no setting, or no value of one.</exception>
    public static IServiceCollection AddInterstice(
        this IServiceCollection services, IConfiguration configuration, IntersticeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        IConfigurationSection section = configuration.GetSection(ServerSettings.Section);
        string[] known = [.. ServerSettings.All.Select(setting => setting.Name)];
        foreach (IConfigurationSection given in section.GetChildren())
        {
            if (known.Contains(given.Key, StringComparer.OrdinalIgnoreCase)) continue;
            string hint = NearestName.Suggest(given.Key, known);
            throw new ArgumentException($"{ServerSettings.Section} has no setting \"{given.Key}\"{hint}; see docs/settings.md");
        }

        return services.AddInterstice(ServerSettings.Bind(options ?? new IntersticeOptions(), setting =>
            section[setting.Name] is { Length: > 0 } text ? (text, $"{ServerSettings.Section}:{setting.Name}") : null));
    }
}
