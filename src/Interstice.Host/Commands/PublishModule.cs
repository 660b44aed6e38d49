using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using MediatR;

namespace Interstice.Host.Commands;

/// <summary>Publishes a module binary.</summary>
/// <param name="Binary">The binary; must not change while the module runs.</param>
/// <param name="Publisher">Who publishes.</param>
/// <param name="Name">Name to publish under; null for the one that the binary declares.</param>
public sealed record PublishModule(ReadOnlyMemory<byte> Binary, Identity Publisher, string? Name = null)
    : IRequest<PublishResult>;

/// <summary>Hands the binary to the host. Throws as <see cref="ModuleHost.PublishAsync"/> says.</summary>
/// <param name="host">The modules.</param>
public sealed class PublishModuleHandler(ModuleHost host) : IRequestHandler<PublishModule, PublishResult>
{
    /// <inheritdoc/>
    public Task<PublishResult> Handle(PublishModule request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return host.PublishAsync(request.Binary, request.Publisher, request.Name, cancellationToken);
    }
}
