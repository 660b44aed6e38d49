namespace Interstice.Benchmarks.Peers;

/// <summary>Redis answered with an error; the message is its text.</summary>
internal sealed class RedisException(string message) : Exception(message);
