namespace Interstice.Cli.Output;

/// <summary>Shows how many bytes are done.</summary>
/// <param name="session">The session.</param>
/// <param name="total">How many there are; 0 when unknown.</param>
internal sealed class BytesDisplay(Session session, long total) : IProgress<long>
{
    /// <inheritdoc/>
    public void Report(long value) => session.Progress.Report(value, total, "bytes");
}
