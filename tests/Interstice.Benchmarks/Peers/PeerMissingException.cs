namespace Interstice.Benchmarks.Peers;

/// <summary>A peer is not installed or could not be started; the message is the reason that is printed.</summary>
internal sealed class PeerMissingException(string message, Exception? inner = null) : Exception(message, inner);
