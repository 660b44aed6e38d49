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
/// <param name="policies">The application's: they are asked for the module's <c>connected</c> reducer, or for <c>disconnected</c> where it has that alone.</param>
/// <param name="caller">Who is connected.</param>
internal sealed class SocketClients(ModuleLookup modules, ModuleHost host, ICallPolicy[] policies, Identity caller)
{
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>Connects to a module.</summary>
    /// <returns>Number of the connection.</returns>
    /// <exception cref="ProblemException">It is connected already, or the module or a policy says no.</exception>
    public async Task<Guid> ConnectAsync(string module)
    {
        ModuleSchema schema = modules.Schema(module);
        Place place = Reserve(module);
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
            await KeepAsync(module, place, session).ConfigureAwait(false);
        }

        return session.Connection;
    }

    /// <summary>Disconnects from a module; while it is being connected to, as soon as that has ended.</summary>
    /// <exception cref="ProblemException">It is not connected, or the transaction was not committed; then the host disconnects by itself.</exception>
    public async Task DisconnectAsync(string module)
    {
        Place? place;
        lock (_gate)
        {
            if (!_places.Remove(module, out place)) throw NotConnected(module);
        }

        ClientSession session = await place.Coming.Task.ConfigureAwait(false) ?? throw NotConnected(module);
        CallOutcome outcome = await session.DisconnectAsync().ConfigureAwait(false);
        if (OutcomeProblems.Of(outcome, modules.Owner(module)) is { } problem) throw new ProblemException(problem);
    }

    /// <summary>Gives up what another host has taken over: that one disconnects the client. Also where this host has taken the module back since and
    /// nobody has seen it follow.</summary>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>The modules, each with what to tell the client.</returns>
    public async Task<IReadOnlyList<(string Module, Problem Problem)>> GiveUpForeignAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<string, Place>[] places;
        lock (_gate) places = [.. _places.Where(pair => pair.Value.Session is not null)];
        List<(string, Problem)> told = [];
        foreach ((string module, Place place) in places)
        {
            ClientSession session = place.Session!;
            Problem? problem = host.StandingOf(module) switch
            {
                { Role: ModuleRole.Following, Owner: var owner } =>
                    OutcomeProblems.OfOwner(owner, $"another host owns module {module} now and has disconnected the client; connect there"),
                _ when await IsLostAsync(session, cancellationToken).ConfigureAwait(false) =>
                    new Problem(ProblemKind.NotConnected, $"another host owned module {module} for a while and has disconnected the client; connect again"),
                _ => null,
            };
            if (problem is null || !TryRemove(module, place)) continue;

            // Refused by a host that does not own the module; it forgets the connection all the same.
            _ = session.DisconnectAsync();
            told.Add((module, problem));
        }

        return told;
    }

    // The module may have ended; then there is nothing to tell.
    private static async Task<bool> IsLostAsync(ClientSession session, CancellationToken cancellationToken)
    {
        try
        {
            return await session.IsLostAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private bool TryRemove(string module, Place place)
    {
        lock (_gate) return _places.GetValueOrDefault(module) == place && _places.Remove(module);
    }

    /// <summary>Disconnects from all modules, also from those that are still being connected to. Ends when the host has queued and answered
    /// it.</summary>
    public async Task CloseAsync()
    {
        ClientSession[] sessions;
        lock (_gate)
        {
            _isClosed = true;
            sessions = [.. _places.Values.Select(place => place.Session).OfType<ClientSession>()];
            _places.Clear();
        }

        await Task.WhenAll(sessions.Select(session => session.DisconnectAsync())).ConfigureAwait(false);
    }

    private static ProblemException NotConnected(string module) =>
        new(ProblemKind.NotConnected, $"this socket is not connected to module {module}");

    private Place Reserve(string module)
    {
        lock (_gate)
        {
            if (_places.ContainsKey(module))
                throw new ProblemException(ProblemKind.AlreadyConnected, $"this socket is connected to module {module} already, or will be");
            if (_places.Count >= SocketBounds.ModulesMax)
            {
                throw new ProblemException(
                    ProblemKind.TooManyRequests, $"a socket is connected to at most {SocketBounds.ModulesMax} modules at once; disconnect from one, or open another socket");
            }

            return _places[module] = new Place();
        }
    }

    // The socket may have ended meanwhile: then the client is gone as soon as it has come. Where it was told to disconnect, who was told does so.
    private async Task KeepAsync(string module, Place place, ClientSession? session)
    {
        bool isClosed;
        lock (_gate)
        {
            isClosed = _isClosed;
            place.Session = session;
            if (session is null && _places.GetValueOrDefault(module) == place) _places.Remove(module);
        }

        place.Coming.TrySetResult(session);
        if (isClosed && session is not null) await session.DisconnectAsync().ConfigureAwait(false);
    }

    private async Task JudgeAsync(string module, ModuleSchema schema)
    {
        if (policies.Length == 0) return;
        ReducerSchema? reducer = schema.Reducers.FirstOrDefault(known => known.Lifecycle == LifecycleRole.Connected)
            ?? schema.Reducers.FirstOrDefault(known => known.Lifecycle == LifecycleRole.Disconnected);
        if (reducer is null) return;
        foreach (ICallPolicy policy in policies)
        {
            string? denied = await policy.JudgeAsync(caller, module, reducer.Name, false, CancellationToken.None).ConfigureAwait(false);
            if (denied is not null) throw new ProblemException(ProblemKind.Denied, denied);
        }
    }

    /// <summary>A module that the socket is connected to, or will be.</summary>
    private sealed class Place
    {
        /// <summary>Ends with the session, or null where the module or a policy said no.</summary>
        public TaskCompletionSource<ClientSession?> Coming { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The session; null while the client is on its way.</summary>
        public ClientSession? Session { get; set; }
    }
}
