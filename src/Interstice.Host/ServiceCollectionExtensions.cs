using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Notifications;
using Interstice.Host.Reloading;
using Interstice.Kernel.Events;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Interstice.Host;

/// <summary>Registers the host in a service collection.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds the host, its commands and the pipeline around them. The caller adds an <see cref="IEventStore"/>, an
    /// <see cref="IModuleEngine"/> and logging, and awaits <see cref="ModuleHost.StartAsync"/> before the first call.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The collection.</returns>
    public static IServiceCollection AddIntersticeHost(this IServiceCollection services, ModuleHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options ?? new ModuleHostOptions());
        services.TryAddSingleton<ModuleHost>();
        services.TryAddSingleton<NotificationFeed>();
        services.TryAddSingleton<ServiceFactory>(provider => provider.GetService!);
        services.TryAddSingleton<IMediator>(provider => new Mediator(provider.GetRequiredService<ServiceFactory>()));

        services.AddSingleton<IRequestHandler<CallReducer, CallOutcome>, CallReducerHandler>();
        services.AddSingleton<IRequestHandler<RunQuery, QueryOutcome>, RunQueryHandler>();
        services.AddSingleton<IRequestHandler<PublishModule, PublishResult>, PublishModuleHandler>();
        services.AddSingleton<IRequestHandler<ReloadModule, ReloadResult>, ReloadModuleHandler>();

        // Outermost first: a refusal by validation is traced too.
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(RequestTracing<,>));
        services.AddSingleton<IPipelineBehavior<CallReducer, CallOutcome>, CallAuthorisation>();
        services.AddSingleton<IPipelineBehavior<RunQuery, QueryOutcome>, QueryAuthorisation>();
        services.AddSingleton<IPipelineBehavior<CallReducer, CallOutcome>, CallValidation>();
        services.AddSingleton<IPipelineBehavior<RunQuery, QueryOutcome>, QueryValidation>();
        return services;
    }
}
