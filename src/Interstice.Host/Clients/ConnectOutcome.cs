using Interstice.Host.Commands;

namespace Interstice.Host.Clients;

/// <summary>How connecting a client ended.</summary>
public abstract record ConnectOutcome
{
    private ConnectOutcome()
    {
    }

    /// <summary>It is connected, durably.</summary>
    /// <param name="Session">Dispose it to disconnect.</param>
    public sealed record Connected(ClientSession Session) : ConnectOutcome;

    /// <summary>It is not connected: the module's reducer said no or trapped, or the host could not.</summary>
    /// <param name="Outcome">What became of the transaction; of an unknown outcome the client counts as gone.</param>
    public sealed record Refused(CallOutcome Outcome) : ConnectOutcome;
}
