using Interstice.Host.Commands;
using Interstice.Host.Ownership;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Clients;

/// <summary>A client that is connected to a module. Disposing it disconnects. Any thread may use it.</summary>
public sealed class ClientSession : IAsyncDisposable
{
    private readonly ModuleLoop _loop;
    private Task<CallOutcome>? _disconnecting;
    private readonly Lock _gate = new();

    // Of the role in which it was last known that the client is there.
    private ulong _epoch;

    internal ClientSession(ModuleLoop loop, Guid connection, Identity identity, ulong epoch)
    {
        _loop = loop;
        _epoch = epoch;
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

    /// <summary>Whether another host, which owned the module in between, has disconnected the client, and this host owns it again: nobody else tells
    /// the client. Looks no further while ownership has not changed. One caller at a time.</summary>
    /// <exception cref="OperationCanceledException">The module has ended.</exception>
    public async Task<bool> IsLostAsync()
    {
        ulong epoch = _loop.EpochOfRole;
        if (epoch == _epoch || _loop.Standing.Role != ModuleRole.Owner) return false;
        if (await _loop.OnLoopAsync(() => _loop.HasLost(Connection)).ConfigureAwait(false)) return true;
        _epoch = epoch;
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DisconnectAsync().ConfigureAwait(false);
}
