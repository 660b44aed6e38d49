namespace Interstice.Server.Hosting;

/// <summary>Where a host is between its start and its end.</summary>
public enum HostPhase
{
    /// <summary>It waits for the store.</summary>
    Starting,

    /// <summary>It rebuilds tables from the log; no module code runs.</summary>
    Replaying,

    /// <summary>It publishes the modules that it was given.</summary>
    Publishing,

    /// <summary>It takes calls.</summary>
    Running,

    /// <summary>It finishes what was begun, and takes nothing more.</summary>
    Stopping,

    /// <summary>It could not start; <see cref="HostState.Failure"/> says why.</summary>
    Failed,
}
