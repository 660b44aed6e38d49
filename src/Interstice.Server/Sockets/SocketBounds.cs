using Interstice.Server.Hosting;

namespace Interstice.Server.Sockets;

/// <summary>What a socket may take.</summary>
/// <param name="RequestsMax">Requests under way; further ones wait in the network until one is answered.</param>
/// <param name="MessageBytesMax">Bytes of a message of the client; a longer one ends the socket.</param>
/// <param name="Ping">How often the client is asked whether it is there, and how long it may take to say so.</param>
internal sealed record SocketBounds(int RequestsMax, int MessageBytesMax, TimeSpan Ping)
{
    /// <summary>Modules that a socket may be connected to at once.</summary>
    public const int ModulesMax = 64;

    /// <summary>Bytes of answers that were not sent yet, from which on no further request is read.</summary>
    public const int UnsentBytesSoft = 1 << 20;

    /// <summary>Bytes of answers that were not sent yet, beyond which the socket ends; one answer passes whatever its length.</summary>
    public const int UnsentBytesMax = 1 << 26;

    /// <summary>How long the client may take to read a message.</summary>
    public static readonly TimeSpan SendPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long the client may take to end the connection that the host has ended.</summary>
    public static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a socket that ends waits until its modules have heard of it and what was begun is answered.</summary>
    public static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(5);

    /// <summary>The bounds that are set.</summary>
    public static SocketBounds Of(IntersticeOptions options) => new(options.SocketRequestsMax, options.RequestBytesMax, options.SocketPing);
}
