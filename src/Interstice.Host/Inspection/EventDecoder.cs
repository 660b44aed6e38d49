using System.Text;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Inspection;

/// <summary>Adds to each event of the log what is known about it. Events of one stream come in order.</summary>
/// <param name="store">Where what came before is looked up when reading began in the middle: the beginning of a transaction, and whose
/// the stream is.</param>
public sealed partial class EventDecoder(IEventStore store)
{
    private readonly Dictionary<string, ModuleSchema> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<StreamName, OpenCall> _open = [];

    /// <summary>Takes note of declarations that were published before reading begins.</summary>
    public void Learn(IEnumerable<Publication> publications)
    {
        foreach (Publication publication in publications) _schemas[publication.Module] = publication.Schema;
    }

    /// <summary>Decodes an event.</summary>
    /// <exception cref="EventFormatException">It is damaged, or not of Interstice's making.</exception>
    public async ValueTask<LoggedEvent> DecodeAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        string? module = StreamNames.ModuleOf(recorded.Stream);
        bool isVoid = module is not null && await IsVoidAsync(recorded, cancellationToken).ConfigureAwait(false);
        if (module is not null && EventTypes.IsOfTransaction(recorded.Type))
        {
            TransactionId id = TransactionId.OfEvent(recorded.Id, out int index);
            TransactionRecord? call = await CallOfAsync(recorded, id, index, cancellationToken).ConfigureAwait(false);
            return DecodeMutation(recorded, module, id, index, call, isVoid);
        }

        if (Publication.TryRead(recorded) is { } publication) _schemas[publication.Module] = publication.Schema;
        return new LoggedEvent { Recorded = recorded, Module = module, Operation = OperationOf(recorded.Type) };
    }

    /// <summary>Takes note of an event that is not wanted: of what it declares, and of the call that it begins.</summary>
    public async ValueTask PassOverAsync(RecordedEvent recorded, CancellationToken cancellationToken)
    {
        Note(recorded);
        if (recorded.Stream != _lastStream && StreamNames.ModuleOf(recorded.Stream) is null) return;
        try
        {
            await FollowAsync(recorded, cancellationToken).ConfigureAwait(false);
        }
        catch (EventFormatException)
        {
            return; // told when it is wanted
        }
    }

    /// <summary>The words that <c>--op</c> takes.</summary>
    public static IReadOnlyList<string> Operations { get; } =
        ["insert", "update", "delete", "emit", "call", "commit", "publish", "own", "code", "list"];

    /// <summary>The word for events of a type; null for what is none of Interstice's types.</summary>
    public static string? OperationOf(string type) => type switch
    {
        EventTypes.RowInserted => "insert",
        EventTypes.RowUpdated => "update",
        EventTypes.RowDeleted => "delete",
        EventTypes.EventEmitted => "emit",
        EventTypes.CallRecorded => "call",
        EventTypes.GroupCommitted => "commit",
        EventTypes.ModulePublished => "publish",
        EventTypes.OwnershipTaken => "own",
        EventTypes.CodeChunk => "code",
        EventTypes.ModuleListed => "list",
        _ => null,
    };

    private void Note(in RecordedEvent recorded)
    {
        if (!EventTypes.IsOfTransaction(recorded.Type))
        {
            if (Publication.TryRead(recorded) is { } publication) _schemas[publication.Module] = publication.Schema;
            return;
        }

        TransactionId id = TransactionId.OfEvent(recorded.Id, out int index);
        if (index == 0 && !recorded.Metadata.IsEmpty) _open[recorded.Stream] = new OpenCall(id, null, recorded.Metadata.ToArray());
    }

    private async ValueTask<TransactionRecord?> CallOfAsync(
        RecordedEvent recorded,
        TransactionId id,
        int index,
        CancellationToken cancellationToken)
    {
        OpenCall open = _open.GetValueOrDefault(recorded.Stream);
        if (index != 0 && open.Id == id)
        {
            if (open.Metadata is { } metadata)
                _open[recorded.Stream] = open = new OpenCall(id, TransactionRecord.Read(metadata), null);
            return open.Call;
        }

        TransactionRecord? call = index == 0 && !recorded.Metadata.IsEmpty
            ? TransactionRecord.Read(recorded.Metadata.Span)
            : await TransactionLookup
                .FindAsync(store, recorded.Stream, recorded.Revision, cancellationToken)
                .ConfigureAwait(false);
        _open[recorded.Stream] = new OpenCall(id, call, null);
        return call;
    }

    private LoggedEvent DecodeMutation(
        RecordedEvent recorded,
        string module,
        TransactionId id,
        int index,
        TransactionRecord? call,
        bool isVoid)
    {
        ModuleSchema? schema = _schemas.GetValueOrDefault(module);
        ReadOnlySpan<byte> payload = recorded.Data.Span;
        ReadOnlySpan<byte> name = default, row = default, oldRow = default;
        if (recorded.Type == EventTypes.CallRecorded) CallRecorded.Read(payload);
        else if (recorded.Type == EventTypes.GroupCommitted) GroupCommitted.Read(payload);
        else if (recorded.Type == EventTypes.RowUpdated) RowEvent.ReadUpdate(payload, out name, out oldRow, out row);
        else RowEvent.Read(payload, out name, out row);
        string? subject = EventTypes.ChangesNothing(recorded.Type) ? null : Encoding.UTF8.GetString(name);
        bool isEmitted = recorded.Type == EventTypes.EventEmitted;
        return new LoggedEvent
        {
            Recorded = recorded,
            Module = module,
            Operation = OperationOf(recorded.Type),
            Subject = subject,
            Table = subject is null ? null : schema?.FindTable(subject),
            Emitted = isEmitted ? schema?.FindEvent(subject!) : null,
            Row = Within(recorded.Data, row),
            OldRow = Within(recorded.Data, oldRow),
            Transaction = id,
            Index = index,
            Call = call,
            Reducer = call is null ? null : schema?.FindReducer(call.Reducer),
            IsVoid = isVoid,
        };
    }

    // The span is a part of the memory: the same bytes, in a shape that can be kept in an object.
    private static ReadOnlyMemory<byte> Within(ReadOnlyMemory<byte> whole, ReadOnlySpan<byte> part) =>
        whole.Span.Overlaps(part, out int offset) ? whole.Slice(offset, part.Length) : default;

    // The call of the last transaction that began in a stream; as bytes while nobody has asked for it.
    private readonly record struct OpenCall(TransactionId Id, TransactionRecord? Call, byte[]? Metadata);
}
