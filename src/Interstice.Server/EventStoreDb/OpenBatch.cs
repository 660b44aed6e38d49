using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>One append of a batch call, of which chunks have arrived.</summary>
internal sealed class OpenBatch
{
    private readonly ProposedEvents _events;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly TimeSpan _limit;

    internal OpenBatch(BatchAppendReq first, EndpointOptions settings, TimeProvider time)
    {
        _time = time;
        _begun = time.GetTimestamp();
        CorrelationId = first.CorrelationId;
        _events = new ProposedEvents(settings.AppendBytesMax);
        try
        {
            BatchAppendReq.Types.Options options = first.Options
                ?? throw CallFailureException.Invalid("the first chunk of an append has no options");
            Identifier = options.StreamIdentifier;
            Stream = RequestFields.WritableStream(options.StreamIdentifier);
            Expected = ExpectedBy(options);
            _limit = LimitOf(options, settings, time);
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

    /// <summary>How long it may take yet, counted from its first chunk; zero when that time is over.</summary>
    internal TimeSpan Left
    {
        get
        {
            TimeSpan left = _limit - _time.GetElapsedTime(_begun);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Why it is refused, or null. The answer waits for the last chunk.</summary>
    internal CallFailureException? Failure { get; private set; }

    /// <summary>Memory that its events hold, about.</summary>
    internal long Bytes => _events.HeldBytes;

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
            _events.Clear();
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
    private static TimeSpan LimitOf(BatchAppendReq.Types.Options options, EndpointOptions settings, TimeProvider time)
    {
        const double SecondsMax = 1e9;
        double asked = options.DeadlineOptionCase switch
        {
            BatchAppendReq.Types.Options.DeadlineOptionOneofCase.Deadline => options.Deadline.Seconds + (options.Deadline.Nanos / 1e9),
            BatchAppendReq.Types.Options.DeadlineOptionOneofCase.Deadline21100 =>
                options.Deadline21100.Seconds + (options.Deadline21100.Nanos / 1e9) - (time.GetUtcNow().ToUnixTimeMilliseconds() / 1e3),
            _ => SecondsMax,
        };
        var limit = TimeSpan.FromSeconds(Math.Clamp(asked, -SecondsMax, SecondsMax));
        return limit < settings.WriteTimeout ? limit : settings.WriteTimeout;
    }
}
