using Interstice.Host.Commands;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Clients;

/// <summary>A client that is connected to a module. Disposing it disconnects. Any thread may use it.</summary>
public sealed class ClientSession : IAsyncDisposable
{
    private readonly ModuleLoop _loop;
    private Task<CallOutcome>? _disconnecting;
    private readonly Lock _gate = new();

    internal ClientSession(ModuleLoop loop, Guid connection, Identity identity)
    {
        _loop = loop;
        Connection = connection;
        Identity = identity;
    }

    /// <summary>Number of the connection, new with each.</summary>
    public Guid Connection { get; }

    /// <summary>Who is connected.</summary>
    public Identity Identity { get; }

    /// <summary>Name of the module.</summary>
    public string Module => _loop.Projection.Module;

    /// <summary>Disconnects, once.</summary>
    /// <returns>How the transaction ended. Where it was refused because another host owns the module now, that host has disconnected the client
    /// or will. Where it was refused for another reason, this host does it by itself as soon as it can.</returns>
    public Task<CallOutcome> DisconnectAsync()
    {
        lock (_gate)
        {
            if (_disconnecting is not null) return _disconnecting;
            var work = new ClientWork(Connection, Identity, connects: false, () => _loop.ForgetConnection(Connection));
            _loop.Enqueue(work);
            return _disconnecting = work.Answer;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DisconnectAsync().ConfigureAwait(false);
}
