using Interstice.Host.Clients;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Server.Http;

namespace Interstice.Server.Sockets;

/// <summary>The modules that one socket is connected to. Thread-safe.</summary>
/// <param name="modules">Finds modules.</param>
/// <param name="host">Connects.</param>
/// <param name="policies">The application's: they are asked for the module's <c>connected</c> reducer.</param>
/// <param name="caller">Who is connected.</param>
internal sealed class SocketClients(ModuleLookup modules, ModuleHost host, ICallPolicy[] policies, Identity caller)
{
    // A module whose client is still on its way has no session.
    private readonly Dictionary<string, ClientSession?> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>Connects to a module.</summary>
    /// <returns>Number of the connection.</returns>
    /// <exception cref="ProblemException">It is connected already, or the module or a policy says no.</exception>
    public async Task<Guid> ConnectAsync(string module)
    {
        ModuleSchema schema = modules.Schema(module);
        Reserve(module);
        ClientSession? session = null;
        try
        {
            await JudgeAsync(module, schema).ConfigureAwait(false);
            ConnectOutcome outcome = await host.ConnectAsync(module, caller).ConfigureAwait(false);
            if (outcome is ConnectOutcome.Refused refused)
                throw new ProblemException(OutcomeProblems.Of(refused.Outcome, modules.Owner(module))!);
            session = ((ConnectOutcome.Connected)outcome).Session;
        }
        finally
        {
            await KeepAsync(module, session).ConfigureAwait(false);
        }

        return session.Connection;
    }

    /// <summary>Disconnects from a module.</summary>
    /// <exception cref="ProblemException">It is not connected, or the transaction was not committed; then the host disconnects by itself.</exception>
    public async Task DisconnectAsync(string module)
    {
        ClientSession? session;
        lock (_gate)
        {
            if (!_sessions.TryGetValue(module, out session) || session is null)
                throw new ProblemException(ProblemKind.NotConnected, $"this socket is not connected to module {module}");
            _sessions.Remove(module);
        }

        CallOutcome outcome = await session.DisconnectAsync().ConfigureAwait(false);
        if (OutcomeProblems.Of(outcome, modules.Owner(module)) is { } problem) throw new ProblemException(problem);
    }

    /// <summary>Gives up what another host has taken over: that one disconnects the client.</summary>
    /// <returns>The modules, each with what to tell the client.</returns>
    public IReadOnlyList<(string Module, Problem Problem)> GiveUpForeign()
    {
        List<(string, ClientSession, Problem)> lost = [];
        lock (_gate)
        {
            foreach ((string module, ClientSession? session) in _sessions)
            {
                if (session is null || host.StandingOf(module) is not { Role: ModuleRole.Following, Owner: var owner }) continue;
                lost.Add((module, session, OutcomeProblems.OfOwner(owner, $"another host owns module {module} now and has disconnected the client; connect there")));
            }

            foreach ((string module, _, _) in lost) _sessions.Remove(module);
        }

        // Refused by a host that does not own the module; it forgets the connection all the same.
        foreach ((_, ClientSession session, _) in lost) _ = session.DisconnectAsync();
        return [.. lost.Select(item => (item.Item1, item.Item3))];
    }

    /// <summary>Disconnects from all modules, also from those that are still being connected to. Ends when the host has queued and answered
    /// it.</summary>
    public async Task CloseAsync()
    {
        ClientSession[] sessions;
        lock (_gate)
        {
            _isClosed = true;
            sessions = [.. _sessions.Values.OfType<ClientSession>()];
            _sessions.Clear();
        }

        await Task.WhenAll(sessions.Select(session => session.DisconnectAsync())).ConfigureAwait(false);
    }

    private void Reserve(string module)
    {
        lock (_gate)
        {
            if (_sessions.ContainsKey(module))
                throw new ProblemException(ProblemKind.AlreadyConnected, $"this socket is connected to module {module} already, or will be");
            if (_sessions.Count >= SocketBounds.ModulesMax)
            {
                throw new ProblemException(
                    ProblemKind.TooManyRequests, $"a socket is connected to at most {SocketBounds.ModulesMax} modules at once; disconnect from one, or open another socket");
            }

            _sessions.Add(module, null);
        }
    }

    // The socket may have ended meanwhile: then the client is gone as soon as it has come.
    private async Task KeepAsync(string module, ClientSession? session)
    {
        bool isKept;
        lock (_gate)
        {
            isKept = session is not null && !_isClosed;
            if (isKept) _sessions[module] = session;
            else _sessions.Remove(module);
        }

        if (!isKept && session is not null) await session.DisconnectAsync().ConfigureAwait(false);
    }

    private async Task JudgeAsync(string module, ModuleSchema schema)
    {
        if (policies.Length == 0 || schema.Reducers.FirstOrDefault(known => known.Lifecycle == LifecycleRole.Connected) is not { } reducer) return;
        foreach (ICallPolicy policy in policies)
        {
            string? denied = await policy.JudgeAsync(caller, module, reducer.Name, false, CancellationToken.None).ConfigureAwait(false);
            if (denied is not null) throw new ProblemException(ProblemKind.Denied, denied);
        }
    }
}
