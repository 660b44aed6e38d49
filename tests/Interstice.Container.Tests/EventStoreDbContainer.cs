using System.Net;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;

namespace Interstice.Container.Tests;

/// <summary>An EventStoreDB node in a container, as new. It keeps its events in memory and speaks without TLS, on a port of this machine that
/// was free.</summary>
/// <param name="container">The container, running.</param>
internal sealed class EventStoreDbContainer(IContainer container) : IAsyncDisposable
{
    // The image of docker-compose.yml; a test of the repository compares them.
    private const string Image = "eventstore/eventstore:23.10.2-jammy";
    private const ushort Port = 2113;

    /// <summary>Connection string of the node.</summary>
    internal string Address => $"esdb://{container.Hostname}:{container.GetMappedPublicPort(Port)}?tls=false";

    /// <summary>Starts one and waits until it says that it is alive, whatever that takes; an image that is not here is pulled.</summary>
    /// <returns>The container; or null, and why no Docker engine can be reached.</returns>
    internal static async Task<(EventStoreDbContainer? Container, string? Absent)> StartAsync()
    {
        IContainer? container = null;
        try
        {
            container = new ContainerBuilder(Image)
                .WithEnvironment("EVENTSTORE_CLUSTER_SIZE", "1")
                .WithEnvironment("EVENTSTORE_RUN_PROJECTIONS", "None")
                .WithEnvironment("EVENTSTORE_INSECURE", "true")
                .WithEnvironment("EVENTSTORE_MEM_DB", "true")
                .WithPortBinding(Port, assignRandomHostPort: true)
                .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(
                    request => request.ForPort(Port).ForPath("/health/live").ForStatusCodeMatching(IsSuccess)))
                .Build();
            await container.StartAsync();
            return (new EventStoreDbContainer(container), null);
        }
        catch (DockerUnavailableException fault)
        {
            return (null, fault.Message.ReplaceLineEndings(" "));
        }
        catch
        {
            // An engine is there and the node did not start: that is a failure of the tests, and no reason to pass them over.
            if (container is not null) await container.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();

    private static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and < 300;
}
