using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tables;
using Microsoft.Extensions.Logging;

namespace Interstice.Host.Reducers;

/// <summary>Clients that come and go. <c>_clients</c> says who is connected; whoever owns the module disconnects those whose connection
/// is not one of its own.</summary>
internal sealed partial class ModuleLoop
{
    private const int ConnectionBytes = 16;

    private readonly HashSet<Guid> _connections = [];

    /// <summary>A client comes.</summary>
    public void ExecuteConnect(ClientWork work)
    {
        if (!TryGetLoaded(work, out LoadedModule loaded)) return;
        if (!KeepsClients(loaded.Schema))
        {
            SettleUnchanged(work);
            return;
        }

        long nowUs = NowUs();
        _connections.Add(work.Connection);
        RunRole(loaded, work, LifecycleRole.Connected, work.Identity, nowUs, overlay =>
        {
            using var row = new PayloadWriter();
            row.Guid(work.Connection);
            row.Identity(work.Identity);
            row.Int64(nowUs);
            SystemRows.Insert(overlay, SystemTables.Clients, row.Written);
        });
        if (work.Outcome is not CallOutcome.Committed) _connections.Remove(work.Connection);
    }

    /// <summary>A client goes. One that is not there any more has been disconnected by another host.</summary>
    public void ExecuteDisconnect(ClientWork work)
    {
        if (!TryGetLoaded(work, out LoadedModule loaded)) return;
        _connections.Remove(work.Connection);
        Span<byte> key = stackalloc byte[ConnectionBytes];
        work.Connection.TryWriteBytes(key, bigEndian: true, out _);
        if (SystemRows.TableOf(Projection, SystemTables.Clients).TryGet(0, key, out _)) Disconnect(loaded, work, work.Connection, work.Identity);
        else SettleUnchanged(work);
    }

    /// <summary>Whether another host has disconnected a client that is connected to this one, and the module is this host's again. An order.</summary>
    public bool HasLost(Guid connection)
    {
        if (!_isOwner || Projection.State is null || !_connections.Contains(connection)) return false;
        Span<byte> key = stackalloc byte[ConnectionBytes];
        connection.TryWriteBytes(key, bigEndian: true, out _);
        return !SystemRows.TableOf(Projection, SystemTables.Clients).TryGet(0, key, out _);
    }

    /// <summary>Nobody holds the connection any more although its row may be there: it is disconnected as those of hosts that are no more.
    /// Any thread.</summary>
    public void ForgetConnection(Guid connection) => _ = OnLoopAsync(() =>
    {
        bool isKnown = _connections.Remove(connection);
        if (isKnown) BeginDuties();
        return isKnown;
    });

    // Those of hosts that are no more, one at a time.
    private bool TryDisconnectStale(LoadedModule loaded)
    {
        Table clients = SystemRows.TableOf(Projection, SystemTables.Clients);
        if (clients.Count == 0) return false;
        foreach (ReadOnlySpan<byte> row in clients.Scan(0, KeyRange.All, descending: false))
        {
            var reader = new PayloadReader(row);
            Guid connection = reader.Guid();
            if (_connections.Contains(connection)) continue;
            Identity identity = reader.Identity();
            Disconnect(loaded, new ClientWork(connection, identity, connects: false), connection, identity);
            return true;
        }

        return false;
    }

    private void Disconnect(LoadedModule loaded, TransactionWork work, Guid connection, Identity identity)
    {
        byte[] key = new byte[ConnectionBytes];
        connection.TryWriteBytes(key, bigEndian: true, out _);
        HostRows takeOut = overlay => overlay.Delete(SystemRows.NumberOf(overlay.Schema, SystemTables.Clients), key);
        ReducerSchema? reducer = FindRole(loaded.Schema, LifecycleRole.Disconnected);
        if (reducer is not null)
        {
            var attempt = new HostWork(reducer.Name, default, takeOut, identity);
            long undone = _undoneCount;
            RunRole(loaded, attempt, LifecycleRole.Disconnected, identity, NowUs(), takeOut);
            bool isUndone = _undoneCount != undone;
            if (isUndone || attempt.Outcome is CallOutcome.Refused { Kind: not CallRefusal.TimedOut })
            {
                // The store did not take what the reducer rests on, or what it did, or a module that it calls cannot run now: the row may be there
                // still, and is a duty then. What cannot run now is asked again after a pause.
                RefuseCalls(
                    work,
                    CallRefusal.NotCommitted,
                    $"module {Projection.Module}: the client could not be disconnected now; the host tries again");
                if (isUndone) BeginDuties();
                else PauseDuties();
                return;
            }

            if (attempt.Outcome is CallOutcome.Committed committed)
            {
                work.SetOutcome(committed);
                Settle(work);
                return;
            }

            LogDisconnectedFailed(Projection.Module, reducer.Name, connection, CallDocument.ErrorOf(attempt.Outcome!)!);
        }

        // Gone is gone: what its reducer says to it changes nothing.
        RunRole(loaded, work, null, HostIdentity.Value, NowUs(), takeOut);
    }

    private void RunRole(LoadedModule loaded, TransactionWork work, LifecycleRole? role, Identity caller, long nowUs, HostRows rows)
    {
        ReducerSchema? reducer = role is { } wanted ? FindRole(loaded.Schema, wanted) : null;
        var inputs = new CallInputs(default, caller, nowUs, _numbers.NextSeed(_identity), rows);
        if (reducer is not null)
        {
            RunAndCommit(work, loaded, reducer, inputs);
            return;
        }

        loaded.Runner.RunHost(inputs);
        Commit(work, loaded, null, inputs);
    }

    private void SettleUnchanged(TransactionWork work)
    {
        work.SetOutcome(new CallOutcome.Committed(_pipeline.Durable, _pipeline.DurablePosition, 0, default, 0));
        Settle(work);
    }

    private static bool KeepsClients(ModuleSchema schema) =>
        schema.Reducers.Any(reducer => reducer.Lifecycle is LifecycleRole.Connected or LifecycleRole.Disconnected);

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "{Module}.{Reducer} failed for connection {Connection}, which is disconnected without it: {Error}")]
    private partial void LogDisconnectedFailed(string module, string reducer, Guid connection, string error);
}
