using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using Options = Interstice.EventStoreDb.Protocol.Messages.BatchAppendReq.Types.Options;
using ProtobufEmpty = Google.Protobuf.WellKnownTypes.Empty;
using ProtocolEmpty = Interstice.EventStoreDb.Protocol.Messages.Empty;
using ProtocolTimeout = Interstice.EventStoreDb.Protocol.Messages.Timeout;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class BatchAppendCallTests : EndpointFixture
{
    protected override EndpointOptions Options => new() { BatchAppendsMax = 64 };

    [Fact]
    public async Task Chained_appends_in_flight_are_each_answered_with_their_revision()
    {
        const int Appends = 1000;
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = Begin();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Appends; i++)
            {
                ulong next = (ulong)(2 * i);
                BatchAppendReq append = Append(i, "s", options =>
                {
                    if (next == 0) options.NoStream = new ProtobufEmpty();
                    else options.StreamPosition = next - 1;
                }, BatchProposed($"{next}"), BatchProposed($"{next + 1}"));
                (await call.WriteAsync(append)).ShouldBeTrue();
            }

            call.CompleteRequests();
        });

        Dictionary<int, BatchAppendResp> answers = await AnswersAsync(call);
        await writing;

        answers.Count.ShouldBe(Appends);
        for (int i = 0; i < Appends; i++) answers[i].Success.CurrentRevision.ShouldBe((ulong)((2 * i) + 1));
        (await TextsAsync(ReadOf("s"))).ShouldBe(Enumerable.Range(0, 2 * Appends).Select(i => $"{i}"));
    }

    [Fact]
    public async Task No_append_behind_a_refused_one_of_a_chain_is_written()
    {
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = Begin();
        for (int i = 0; i < 20; i++)
        {
            int expected = i < 10 ? i - 1 : i; // the eleventh expects one event too many
            call.Add(Append(i, "s", options =>
            {
                if (expected < 0) options.NoStream = new ProtobufEmpty();
                else options.StreamPosition = (ulong)expected;
            }, BatchProposed($"{i}")));
        }

        await call.FlushAsync();
        call.CompleteRequests();
        Dictionary<int, BatchAppendResp> answers = await AnswersAsync(call);

        for (int i = 0; i < 20; i++)
        {
            answers[i].StreamIdentifier.StreamName.ToStringUtf8().ShouldBe("s");
            if (i < 10) answers[i].Success.CurrentRevision.ShouldBe((ulong)i);
            else Detail<WrongExpectedVersion>(answers[i], GrpcStatusCode.AlreadyExists).CurrentStreamRevision.ShouldBe(9UL);
        }

        Detail<WrongExpectedVersion>(answers[10], GrpcStatusCode.AlreadyExists).ExpectedStreamPosition.ShouldBe(10UL);
        (await TextsAsync(ReadOf("s"))).ShouldBe(Enumerable.Range(0, 10).Select(i => $"{i}"));
    }

    [Fact]
    public async Task An_append_in_chunks_is_written_whole_among_others()
    {
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = Begin();
        call.Add(Chunk(1, "a", isFinal: false, BatchProposed("a0")));
        call.Add(Chunk(2, "b", isFinal: false, BatchProposed("b0")));
        BatchAppendReq more = Chunk(1, "a", isFinal: false, BatchProposed("a1"), BatchProposed("a2"));
        more.Options = null;
        call.Add(more);
        call.Add(Append(3, "a", Any, BatchProposed("between")));
        await call.FlushAsync();
        BatchAppendResp between = (await call.ReadAsync())!;
        IdOf(between.CorrelationId).ShouldBe(3);
        between.Success.CurrentRevision.ShouldBe(0UL);
        foreach (int id in (int[])[2, 1])
        {
            BatchAppendReq last = Chunk(id, "", isFinal: true);
            last.Options = null;
            call.Add(last);
        }

        await call.FlushAsync();
        call.CompleteRequests();
        Dictionary<int, BatchAppendResp> answers = await AnswersAsync(call);

        answers[1].Success.CurrentRevision.ShouldBe(3UL);
        answers[2].Success.CurrentRevision.ShouldBe(0UL);
        (await TextsAsync(ReadOf("a"))).ShouldBe(["between", "a0", "a1", "a2"]);
    }

    [Fact]
    public async Task An_append_that_is_none_is_refused_alone()
    {
        BatchAppendReq noEvents = Append(6, "s", options => options.NoStream = new ProtobufEmpty());
        BatchAppendReq noOptions = Append(1, "s", Any, BatchProposed("x"));
        noOptions.Options = null;
        BatchAppendReq noType = Append(4, "s", Any, BatchProposed("x"));
        noType.ProposedMessages[0].Metadata.Remove("type");
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = Begin();
        call.Add(noOptions);
        call.Add(Append(2, "", Any, BatchProposed("x")));
        call.Add(Append(3, "s", _ => { }, BatchProposed("x")));
        call.Add(noType);
        call.Add(Append(5, "$all", Any, BatchProposed("x")));
        call.Add(noEvents);
        call.Add(Append(7, "s", Any, BatchProposed(new string('x', 700_000)), BatchProposed(new string('x', 700_000))));
        call.Add(Append(8, "s", options => options.StreamExists = new ProtobufEmpty(), BatchProposed("x")));
        call.Add(Append(9, "$$s", Any, BatchProposed("{}")));
        call.Add(Append(10, "s", Any, BatchProposed("good")));
        await call.FlushAsync();
        call.CompleteRequests();
        Dictionary<int, BatchAppendResp> answers = await AnswersAsync(call);

        foreach (int id in (int[])[1, 2, 3, 4, 9])
            Detail<BadRequest>(answers[id], GrpcStatusCode.InvalidArgument).Message.ShouldNotBeEmpty();
        Detail<AccessDenied>(answers[5], GrpcStatusCode.PermissionDenied);
        answers[6].Success.NoStream.ShouldNotBeNull();
        answers[6].Success.NoPosition.ShouldNotBeNull();
        Detail<MaximumAppendSizeExceeded>(answers[7], GrpcStatusCode.InvalidArgument).MaxAppendSize.ShouldBe(1048576U);
        Detail<WrongExpectedVersion>(answers[8], GrpcStatusCode.AlreadyExists).ExpectedStreamExists.ShouldNotBeNull();
        answers[10].Success.CurrentRevision.ShouldBe(0UL);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_is_told_of_and_nothing_is_written()
    {
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = Begin();
        call.Add(Append(1, "s", options =>
        {
            Any(options);
            options.Deadline21100 = Timestamp.FromDateTime(DateTime.UnixEpoch);
        }, BatchProposed("x")));
        call.Add(Append(2, "s", options =>
        {
            Any(options);
            options.Deadline = Duration.FromTimeSpan(TimeSpan.Zero);
        }, BatchProposed("x")));
        call.Add(Append(3, "s", options =>
        {
            Any(options);
            options.Deadline = new Duration { Seconds = long.MaxValue };
        }, BatchProposed("in time")));
        await call.FlushAsync();
        call.CompleteRequests();
        Dictionary<int, BatchAppendResp> answers = await AnswersAsync(call);

        foreach (int id in (int[])[1, 2])
            Detail<ProtocolTimeout>(answers[id], GrpcStatusCode.DeadlineExceeded);
        answers[3].Success.CurrentRevision.ShouldBe(0UL);
        (await TextsAsync(ReadOf("s"))).ShouldBe(["in time"]);
    }

    [Fact]
    public async Task A_call_that_cannot_be_followed_ends_with_a_status()
    {
        BatchAppendReq noId = Append(1, "s", Any, BatchProposed("x"));
        noId.CorrelationId = null;
        (await FailureOfAsync(noId)).Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        (await FailureOfAsync(Chunk(1, "s", isFinal: false, BatchProposed("x")))).Code.ShouldBe(GrpcStatusCode.InvalidArgument);
        BatchAppendReq[] open = [.. Enumerable.Range(0, 65).Select(i => Chunk(i, "s", isFinal: false, BatchProposed("x")))];
        (await FailureOfAsync(open)).Code.ShouldBe(GrpcStatusCode.ResourceExhausted);
        (await ReadAsync(ReadOfAll())).ShouldBeEmpty();
    }

    // Answers that nobody reads hold up the appends behind them, and so the writer: nothing piles up without a bound.
    [Fact]
    public async Task A_caller_who_reads_no_answers_is_held_and_gets_them_all_in_the_end()
    {
        const int Appends = 20_000;
        string kilobytes = new('x', 4000);
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = Begin();
        int written = 0;
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Appends; i++)
            {
                // Long names make long answers, which fill the window of the caller.
                (await call.WriteAsync(Append(i, new string('s', 500), Any, BatchProposed(kilobytes)))).ShouldBeTrue();
                Interlocked.Increment(ref written);
            }

            call.CompleteRequests();
        });

        // While nobody reads, the caller comes to a halt: the stream grows no more while another caller is served again and again.
        var stream = new StreamName(new string('s', 500));
        long length = -1;
        for (int same = 0; same < 50;)
        {
            await AppendNumbersAsync("other", 1);
            long now = (await Store.GetLastRevisionAsync(stream, Cancel)).Value;
            same = now == length && now > 0 ? same + 1 : 0;
            length = now;
        }

        length.ShouldBeLessThan(Appends / 2);
        Volatile.Read(ref written).ShouldBeLessThan(Appends);

        (await AnswersAsync(call)).Count.ShouldBe(Appends);
        await writing;
        written.ShouldBe(Appends);
        (await TextsAsync(ReadOf(new string('s', 500), options =>
        {
            options.ReadDirection = ReadReq.Types.Options.Types.ReadDirection.Backwards;
            options.Stream.End = new ProtocolEmpty();
            options.Count = 1;
        }))).ShouldBe([kilobytes]);
    }

    internal static void Any(Options options) => options.Any = new ProtobufEmpty();

    internal static BatchAppendReq Append(
        int id, string stream, Action<Options> expect, params BatchAppendReq.Types.ProposedMessage[] events)
    {
        var options = new Options { StreamIdentifier = Identifier(stream) };
        expect(options);
        var append = new BatchAppendReq { CorrelationId = IdOf(id), Options = options, IsFinal = true };
        append.ProposedMessages.AddRange(events);
        return append;
    }

    internal static BatchAppendReq Chunk(
        int id, string stream, bool isFinal, params BatchAppendReq.Types.ProposedMessage[] events)
    {
        BatchAppendReq chunk = Append(id, stream, Any, events);
        chunk.IsFinal = isFinal;
        return chunk;
    }

    private static UUID IdOf(int id) => new()
    {
        Structured = new UUID.Types.Structured { MostSignificantBits = 7, LeastSignificantBits = id },
    };

    private static int IdOf(UUID id) => (int)id.Structured.LeastSignificantBits;

    internal static T Detail<T>(BatchAppendResp answer, GrpcStatusCode code)
        where T : IMessage<T>, new()
    {
        answer.Error.ShouldNotBeNull();
        answer.Error.Code.ShouldBe((int)code);
        answer.Error.Details.TypeUrl.ShouldBe($"type.googleapis.com/event_store.client.{typeof(T).Name}");
        return answer.Error.Details.Unpack<T>();
    }

    private static async Task<Dictionary<int, BatchAppendResp>> AnswersAsync(GrpcCall<BatchAppendReq, BatchAppendResp> call)
    {
        Dictionary<int, BatchAppendResp> answers = [];
        while (await call.ReadAsync() is { } answer) answers.Add(IdOf(answer.CorrelationId), answer);
        return answers;
    }

    private GrpcCall<BatchAppendReq, BatchAppendResp> Begin() =>
        Connection.Start(ProtocolMethods.BatchAppend, GrpcCallOptions.None, Cancel);

    private async Task<GrpcException> FailureOfAsync(params BatchAppendReq[] requests)
    {
        using GrpcCall<BatchAppendReq, BatchAppendResp> call = Begin();
        foreach (BatchAppendReq request in requests) call.Add(request);
        await call.FlushAsync();
        call.CompleteRequests();
        return await FailureAsync(() => call.ReadAsync().AsTask());
    }
}
