namespace Interstice.Host.Inspection;

/// <summary>A regular expression took longer on one event of the log than it may.</summary>
/// <param name="message">Which event, and what to do; begins with the word <c>match</c>, as the filter is called.</param>
/// <param name="inner">The cause.</param>
public sealed class LogMatchException(string message, Exception? inner = null) : Exception(message, inner);
