using System.Text;
using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

/// <summary>An event as it was read, in memory of its own.</summary>
public sealed record RecordedCopy(
    Guid Id,
    StreamName Stream,
    Revision Revision,
    Position Position,
    long CreatedUs,
    string Type,
    bool IsJson,
    string Text,
    string MetadataText)
{
    /// <summary>Copies an event before its batch is released.</summary>
    public static RecordedCopy Of(in RecordedEvent recorded) => new(
        recorded.Id,
        recorded.Stream,
        recorded.Revision,
        recorded.Position,
        recorded.CreatedUs,
        recorded.Type,
        recorded.IsJson,
        Encoding.UTF8.GetString(recorded.Data.Span),
        Encoding.UTF8.GetString(recorded.Metadata.Span));
}
