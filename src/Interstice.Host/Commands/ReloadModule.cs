using Interstice.Host.Modules;
using Interstice.Host.Reloading;
using Interstice.Kernel.Events;
using MediatR;

namespace Interstice.Host.Commands;

/// <summary>Puts new code of a module in force between two of its calls, or the code before the present one again.</summary>
/// <param name="Module">The module; it is there.</param>
/// <param name="Binary">The binary; must not change while the module runs. Null to roll back.</param>
/// <param name="Publisher">Who publishes.</param>
/// <param name="Options">How many recorded calls it is run over first, and what is accepted.</param>
public sealed record ReloadModule(string Module, ReadOnlyMemory<byte>? Binary, Identity Publisher, ReloadOptions Options)
    : IRequest<ReloadResult>;

/// <summary>Hands it to the host. Throws as <see cref="ModuleHost.ReloadAsync"/> says.</summary>
/// <param name="host">The modules.</param>
public sealed class ReloadModuleHandler(ModuleHost host) : IRequestHandler<ReloadModule, ReloadResult>
{
    /// <inheritdoc/>
    public Task<ReloadResult> Handle(ReloadModule request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Binary is { } binary
            ? host.ReloadAsync(request.Module, binary, request.Publisher, request.Options, null, cancellationToken)
            : host.RollBackAsync(request.Module, request.Publisher, request.Options, null, cancellationToken);
    }
}
