using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>One append of a batch call, of which chunks have arrived.</summary>
internal sealed class OpenBatch
{
    private readonly ProposedEvents _events;

    internal OpenBatch(BatchAppendReq first, EndpointOptions settings, TimeProvider time)
    {
        CorrelationId = first.CorrelationId;
        _events = new ProposedEvents(settings.AppendBytesMax);
        try
        {
            BatchAppendReq.Types.Options options = first.Options
                ?? throw CallFailureException.Invalid("the first chunk of an append has no options");
            Identifier = options.StreamIdentifier;
            Stream = RequestFields.WritableStream(options.StreamIdentifier);
            Expected = ExpectedBy(options);
            Left = LeftOf(options, settings, time);
        }
        catch (CallFailureException failure)
        {
            Failure = failure;
        }
    }

    internal UUID CorrelationId { get; }

    internal StreamIdentifier? Identifier { get; }

    internal StreamName Stream { get; }

    internal ExpectedRevision Expected { get; }

    /// <summary>How long it may take, from its first chunk.</summary>
    internal TimeSpan Left { get; }

    /// <summary>Why it is refused, or null. The answer waits for the last chunk.</summary>
    internal CallFailureException? Failure { get; private set; }

    /// <summary>Data and metadata that it keeps.</summary>
    internal long Bytes => Failure is null ? _events.Bytes : 0;

    internal void Add(BatchAppendReq chunk)
    {
        if (Failure is not null) return;
        try
        {
            foreach (BatchAppendReq.Types.ProposedMessage proposed in chunk.ProposedMessages)
                _events.Add(proposed.Id, proposed.Metadata, proposed.CustomMetadata, proposed.Data);
        }
        catch (CallFailureException failure)
        {
            Failure = failure;
        }
    }

    internal EventData[] ToArray() => _events.ToArray();

    private static ExpectedRevision ExpectedBy(BatchAppendReq.Types.Options options) => options.ExpectedStreamPositionCase switch
    {
        BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.StreamPosition => RequestFields.At(options.StreamPosition),
        BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.NoStream => ExpectedRevision.NoStream,
        BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.Any => ExpectedRevision.Any,
        BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.StreamExists => ExpectedRevision.StreamExists,
        _ => throw RequestFields.NoExpectation(),
    };

    // Seconds beyond what a time span holds are for ever.
    private static TimeSpan LeftOf(BatchAppendReq.Types.Options options, EndpointOptions settings, TimeProvider time)
    {
        const double SecondsMax = 1e9;
        double asked = options.DeadlineOptionCase switch
        {
            BatchAppendReq.Types.Options.DeadlineOptionOneofCase.Deadline => options.Deadline.Seconds + (options.Deadline.Nanos / 1e9),
            BatchAppendReq.Types.Options.DeadlineOptionOneofCase.Deadline21100 =>
                options.Deadline21100.Seconds + (options.Deadline21100.Nanos / 1e9) - (time.GetUtcNow().ToUnixTimeMilliseconds() / 1e3),
            _ => SecondsMax,
        };
        var left = TimeSpan.FromSeconds(Math.Clamp(asked, -SecondsMax, SecondsMax));
        return left < settings.WriteTimeout ? left : settings.WriteTimeout;
    }
}
