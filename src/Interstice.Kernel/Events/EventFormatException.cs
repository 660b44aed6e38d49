namespace Interstice.Kernel.Events;

/// <summary>The payload or metadata of an event is not what its type promises.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="offset">Byte offset in the payload.</param>
/// <param name="inner">The cause, if there is one.</param>
public sealed class EventFormatException(string message, int offset, Exception? inner = null)
    : Exception($"{message} (at byte {offset} of the payload)", inner)
{
    /// <summary>Byte offset in the payload.</summary>
    public int Offset { get; } = offset;
}
