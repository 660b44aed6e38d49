using System.Globalization;
using Interstice.Kernel.Events;

namespace Interstice.TestKit.EventStores;

public abstract partial class EventStoreContract
{
    /// <summary>Number of events in the stream; what is expected; whether that is met.</summary>
    public static TheoryData<int, string, bool> Expectations => new()
    {
        { 0, "any", true }, { 0, "no stream", true }, { 0, "stream exists", false },
        { 0, "-1", true }, { 0, "0", false }, { 0, "7", false },
        { 1, "any", true }, { 1, "no stream", false }, { 1, "stream exists", true },
        { 1, "-1", false }, { 1, "0", true }, { 1, "1", false },
        { 3, "any", true }, { 3, "no stream", false }, { 3, "stream exists", true },
        { 3, "0", false }, { 3, "1", false }, { 3, "2", true }, { 3, "3", false }, { 3, "1000000", false },
    };

    [Theory]
    [MemberData(nameof(Expectations))]
    public async Task An_append_is_written_exactly_when_its_expectation_is_met(int before, string expectation, bool isMet)
    {
        ExpectedRevision expected = Expectation(expectation);
        StreamName stream = Stream();
        if (before > 0) await AppendAsync(stream, ExpectedRevision.NoStream, Events(before));

        AppendResult result = await Store.AppendAsync(stream, expected, Events(2, before), Cancel);

        if (isMet)
            result.ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(before + 1));
        else
            result.ShouldBe(new AppendResult.WrongExpectedRevision(expected, new Revision(before - 1)));
        (await TextsAsync(stream)).ShouldBe(Numbers(0, isMet ? before + 2 : before));
    }

    [Theory]
    [MemberData(nameof(Expectations))]
    public async Task An_empty_append_only_checks_the_expectation(int before, string expectation, bool isMet)
    {
        ExpectedRevision expected = Expectation(expectation);
        StreamName stream = Stream();
        AppendResult.Appended? last = null;
        if (before > 0) last = await AppendAsync(stream, ExpectedRevision.NoStream, Events(before));

        AppendResult result = await Store.AppendAsync(stream, expected, ReadOnlyMemory<EventData>.Empty, Cancel);

        if (isMet)
            result.ShouldBe(last ?? new AppendResult.Appended(Revision.None, Position.Start));
        else
            result.ShouldBe(new AppendResult.WrongExpectedRevision(expected, new Revision(before - 1)));
        (await TextsAsync(stream)).Count.ShouldBe(before);
    }

    [Fact]
    public async Task Positions_rise_with_every_event_and_the_result_names_the_last_one()
    {
        StreamName stream = Stream();
        AppendResult.Appended first = await AppendAsync(stream, ExpectedRevision.NoStream, Events(3));
        AppendResult.Appended second = await AppendAsync(stream, ExpectedRevision.Any, Events(2, 3));

        List<RecordedCopy> recorded = await ReadAsync(stream);

        recorded[2].Position.ShouldBe(first.Position);
        recorded[4].Position.ShouldBe(second.Position);
        for (int i = 1; i < recorded.Count; i++) (recorded[i - 1].Position < recorded[i].Position).ShouldBeTrue();
    }

    [Theory]
    [InlineData("no stream", 0)]
    [InlineData("0", 1)]
    [InlineData("2", 3)]
    [InlineData("any", 1)]
    [InlineData("stream exists", 3)]
    public async Task The_same_events_again_give_the_original_result_and_write_nothing(string expectation, int before)
    {
        ExpectedRevision expected = Expectation(expectation);
        StreamName stream = Stream();
        if (before > 0) await AppendAsync(stream, ExpectedRevision.NoStream, Events(before));
        EventData[] events = Events(3, before);
        AppendResult.Appended original = await AppendAsync(stream, expected, events);
        await AppendAsync(stream, ExpectedRevision.Any, Event("later"));

        AppendResult repeated = await Store.AppendAsync(stream, expected, events, Cancel);

        repeated.ShouldBe(original);
        (await TextsAsync(stream)).ShouldBe([.. Numbers(0, before + 3), "later"]);
    }

    [Fact]
    public async Task A_repetition_is_recognised_while_the_original_is_in_flight()
    {
        StreamName stream = Stream();
        EventData[] events = Events(2);
        Task<AppendResult> original =
            Store.AppendAsync(stream, ExpectedRevision.NoStream, events, Cancel).AsTask();
        Task<AppendResult> repeated =
            Store.AppendAsync(stream, ExpectedRevision.NoStream, events, Cancel).AsTask();

        (await repeated).ShouldBe(await original);
        (await TextsAsync(stream)).ShouldBe(Numbers(0, 2));
    }

    [Fact]
    public async Task Events_that_agree_only_in_part_with_what_is_there_are_refused()
    {
        StreamName stream = Stream();
        EventData[] events = Events(3);
        await AppendAsync(stream, ExpectedRevision.NoStream, events);

        foreach (EventData[] other in new EventData[][]
                 {
                     [events[0], events[1], Event()], [Event(), events[1]], [events[1], events[2]], [.. events, Event()],
                 })
        {
            AppendResult result = await Store.AppendAsync(stream, ExpectedRevision.NoStream, other, Cancel);
            result.ShouldBe(new AppendResult.WrongExpectedRevision(ExpectedRevision.NoStream, new Revision(2)));
        }

        (await TextsAsync(stream)).ShouldBe(Numbers(0, 3));
    }

    [Fact]
    public async Task Chained_appends_in_flight_are_written_in_the_order_of_the_calls()
    {
        const int Appends = 300;
        StreamName stream = Stream();
        List<Task<AppendResult>> inFlight = [];
        for (int i = 0; i < Appends; i++)
            inFlight.Add(Store.AppendAsync(stream, At(2 * i - 1), Events(2, 2 * i), Cancel).AsTask());

        AppendResult[] results = await Task.WhenAll(inFlight);

        for (int i = 0; i < Appends; i++)
            results[i].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(2 * i + 1));
        (await TextsAsync(stream)).ShouldBe(Numbers(0, 2 * Appends));
    }

    [Fact]
    public async Task No_append_behind_a_refused_one_in_a_chain_is_written()
    {
        StreamName stream = Stream();
        List<Task<AppendResult>> inFlight = [];
        for (int i = 0; i < 20; i++)
        {
            ExpectedRevision expected = At(i < 10 ? i - 1 : i); // the eleventh expects one event too many
            inFlight.Add(Store.AppendAsync(stream, expected, Events(1, i), Cancel).AsTask());
        }

        AppendResult[] results = await Task.WhenAll(inFlight);

        results.Take(10).ShouldAllBe(result => result is AppendResult.Appended);
        results.Skip(10).ShouldAllBe(result => result is AppendResult.WrongExpectedRevision);
        (await TextsAsync(stream)).ShouldBe(Numbers(0, 10));
    }

    [Fact]
    public async Task Concurrent_writers_lose_nothing_and_each_keeps_its_order()
    {
        const int Writers = 8;
        const int Appends = 50;
        StreamName stream = Stream();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < Appends; i++)
                await AppendAsync(stream, ExpectedRevision.Any, Event($"{writer}:{i}"), Event($"{writer}:{i}+"));
        })));

        List<RecordedCopy> recorded = await ReadAsync(stream);

        recorded.Select(r => r.Revision.Value).ShouldBe(Enumerable.Range(0, Writers * Appends * 2).Select(i => (long)i));
        for (int writer = 0; writer < Writers; writer++)
        {
            string prefix = $"{writer}:";
            recorded.Select(r => r.Text).Where(text => text.StartsWith(prefix, StringComparison.Ordinal))
                .ShouldBe(Enumerable.Range(0, Appends).SelectMany(i => new[] { $"{writer}:{i}", $"{writer}:{i}+" }));
        }

        for (int i = 0; i < recorded.Count; i += 2) recorded[i + 1].Text.ShouldBe(recorded[i].Text + "+");
    }

    [Fact]
    public async Task Of_writers_that_expect_the_same_revision_exactly_one_is_written()
    {
        StreamName stream = Stream();
        for (int round = 0; round < 20; round++)
        {
            AppendResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(writer => Task.Run(
                async () => await Store.AppendAsync(stream, At(round - 1), Events(1, round), Cancel))));
            results.Count(result => result is AppendResult.Appended).ShouldBe(1);
        }

        (await TextsAsync(stream)).ShouldBe(Numbers(0, 20));
    }

    [Fact]
    public async Task An_append_to_several_streams_is_written_whole_or_not_at_all()
    {
        StreamName left = Stream("left");
        StreamName right = Stream("right");
        StreamAppend[] both = [new(left, ExpectedRevision.NoStream, Events(2)), new(right, ExpectedRevision.NoStream, Events(3))];
        if (!Store.CanAppendToSeveralStreams)
        {
            await Should.ThrowAsync<NotSupportedException>(async () => await Store.AppendAsync(both, Cancel));
            return;
        }

        IReadOnlyList<AppendResult> results = await Store.AppendAsync(both, Cancel);
        results[0].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(1));
        results[1].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(2));

        StreamAppend[] oneUnmet = [new(left, At(1), Events(1, 2)), new(right, At(1), Events(1, 3))];
        results = await Store.AppendAsync(oneUnmet, Cancel);
        results[0].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(1));
        results[1].ShouldBe(new AppendResult.WrongExpectedRevision(At(1), new Revision(2)));

        (await Store.AppendAsync(both, Cancel))[1].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(2));
        (await TextsAsync(left)).ShouldBe(Numbers(0, 2));
        (await TextsAsync(right)).ShouldBe(Numbers(0, 3));
        await Should.ThrowAsync<ArgumentException>(async () => await Store.AppendAsync(
            new StreamAppend[] { new(left, ExpectedRevision.Any, Events(1)), new(left, ExpectedRevision.Any, Events(1)) }, Cancel));
    }

    [Fact]
    public async Task A_stream_without_events_in_an_append_to_several_is_expected_only()
    {
        if (!Store.CanAppendToSeveralStreams) return;
        StreamName written = Stream("written");
        StreamName expected = Stream("expected");
        await AppendAsync(expected, ExpectedRevision.NoStream, Events(2));
        StreamAppend[] unmet = [new(written, ExpectedRevision.NoStream, Events(1)), new(expected, At(0), default)];

        IReadOnlyList<AppendResult> results = await Store.AppendAsync(unmet, Cancel);

        results[0].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(Revision.None);
        results[1].ShouldBe(new AppendResult.WrongExpectedRevision(At(0), new Revision(1)));
        (await TextsAsync(written)).ShouldBeEmpty();

        // Behind an append that is still on its way, too.
        ValueTask<AppendResult> before = Store.AppendAsync(expected, At(1), Events(1, 2), Cancel);
        StreamAppend[] met = [new(written, ExpectedRevision.NoStream, Events(1)), new(expected, At(2), default)];
        results = await Store.AppendAsync(met, Cancel);
        (await before).ShouldBeOfType<AppendResult.Appended>();
        results[0].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(0));
        results[1].ShouldBeOfType<AppendResult.Appended>().Revision.ShouldBe(new Revision(2));
        (await TextsAsync(written)).ShouldBe(Numbers(0, 1));
        (await TextsAsync(expected)).ShouldBe(Numbers(0, 3));
    }

    [Fact]
    public async Task Everything_said_about_an_event_is_read_back()
    {
        StreamName stream = Stream();
        EventData[] events =
        [
            new(Guid.NewGuid(), "Json", IsJson: true, "{\"a\":1}"u8.ToArray(), "{\"m\":2}"u8.ToArray()),
            new(Guid.NewGuid(), "Bytes", IsJson: false, "\0\x1\x2"u8.ToArray(), "meta"u8.ToArray()),
            new(Guid.NewGuid(), "Empty", IsJson: false, default, default),
            new(Guid.NewGuid(), "OnlyMetadata", IsJson: false, default, "m"u8.ToArray()),
            new(Guid.NewGuid(), "Typ mit Ünïcödé ✓", IsJson: false, "x"u8.ToArray(), default),
            new(Guid.NewGuid(), new string('t', 255), IsJson: false, "x"u8.ToArray(), default),
        ];
        await AppendAsync(stream, ExpectedRevision.NoStream, events);

        List<RecordedCopy> recorded = await ReadAsync(stream);

        recorded.Count.ShouldBe(events.Length);
        for (int i = 0; i < events.Length; i++)
        {
            RecordedEvent expected = new(events[i].Id, stream, new Revision(i), recorded[i].Position, recorded[i].CreatedUs,
                events[i].Type, events[i].IsJson, events[i].Data, events[i].Metadata);
            recorded[i].ShouldBe(RecordedCopy.Of(expected));
        }

        long hourUs = 3_600_000_000;
        long nowUs = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        recorded[0].CreatedUs.ShouldBeInRange(nowUs - 24 * hourUs, nowUs + 24 * hourUs);
    }

    [Fact]
    public async Task Ids_come_back_whether_they_follow_each_other_or_not()
    {
        StreamName stream = Stream();
        TransactionId first = new(0x0011223344556677, 0x8899aabb);
        TransactionId other = new(1, 2);
        Guid[] ids =
        [
            .. Enumerable.Range(0, 5).Select(first.EventId), new Guid("00112233-4455-6677-8899-aabbffffffff"),
            new Guid("00112233-4455-6677-8899-aabb00000000"), other.EventId(int.MaxValue), other.EventId(0), other.EventId(1),
            other.EventId(3), other.EventId(2), Guid.NewGuid(),
        ];
        await AppendAsync(stream, ExpectedRevision.NoStream, [.. ids.Select(id => Event() with { Id = id })]);

        (await ReadAsync(stream)).Select(recorded => recorded.Id).ShouldBe(ids);
    }

    [Fact]
    public async Task Odd_and_long_names_are_streams_like_any_other()
    {
        string suffix = Stream("").Value;
        string[] names =
        [
            "a" + suffix, "with space" + suffix, "ünïcödé-✓-𝄞" + suffix, "a/b\\c:d*?" + suffix, "'\"<>&%" + suffix,
            new string('x', StreamName.BytesMax - suffix.Length - 2) + suffix,
        ];
        foreach (string name in names) await AppendAsync(new StreamName(name), ExpectedRevision.NoStream, Event(name));

        foreach (string name in names)
        {
            RecordedCopy recorded = (await ReadAsync(new StreamName(name))).ShouldHaveSingleItem();
            recorded.Stream.Value.ShouldBe(name);
            recorded.Text.ShouldBe(name);
        }
    }

    [Fact]
    public async Task Events_up_to_the_limit_are_written_and_larger_ones_are_refused()
    {
        StreamName stream = Stream();
        byte[] data = new byte[Store.EventBytesMax - 10];
        Random.Shared.NextBytes(data);
        EventData largest = new(Guid.NewGuid(), "Large", IsJson: false, data, new byte[10]);
        await AppendAsync(stream, ExpectedRevision.NoStream, largest);

        EventData tooLarge = new(Guid.NewGuid(), "Large", IsJson: false, data, new byte[11]);
        (await FailureAsync(stream, [tooLarge])).ShouldBe(EventStoreErrorKind.TooLarge);
        int parts = Store.AppendBytesMax / Store.EventBytesMax + 1;
        EventData[] together = [.. Enumerable.Range(0, parts).Select(_ => largest with { Id = Guid.NewGuid() })];
        (await FailureAsync(stream, together)).ShouldBe(EventStoreErrorKind.TooLarge);

        int count = 0;
        await foreach (ReadOnlyMemory<RecordedEvent> batch in Store.ReadStreamAsync(
                           stream, ReadDirection.Forwards, Revision.First, cancellationToken: Cancel))
        {
            count += batch.Length;
            batch.Span[0].Data.Span.SequenceEqual(data).ShouldBeTrue();
        }

        count.ShouldBe(1);
    }

    [Fact]
    public async Task One_append_of_thousands_of_events_is_read_back_in_order()
    {
        StreamName stream = Stream();
        AppendResult.Appended result = await AppendAsync(stream, ExpectedRevision.NoStream, Events(5000));

        result.Revision.ShouldBe(new Revision(4999));
        (await TextsAsync(stream)).ShouldBe(Numbers(0, 5000));
    }

    [Fact]
    public async Task A_cancelled_append_throws_and_writes_nothing()
    {
        StreamName stream = Stream();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await Store.AppendAsync(stream, ExpectedRevision.Any, Events(1), new CancellationToken(canceled: true)));

        await AppendAsync(stream, ExpectedRevision.NoStream, Events(1));
    }

    [Fact]
    public async Task Cancelling_in_flight_leaves_each_append_whole_or_absent_and_never_spoils_the_order()
    {
        StreamName stream = Stream();
        List<string> written = [];
        for (int i = 0; i < 50; i++)
        {
            using CancellationTokenSource cancel = new();
            ValueTask<AppendResult> append = Store.AppendAsync(
                stream, ExpectedRevision.Any, new[] { Event($"{i}"), Event($"{i}+") }, cancel.Token);
            await cancel.CancelAsync();
            try
            {
                if (await append is AppendResult.Appended) written.Add($"{i}");
            }
            catch (OperationCanceledException)
            {
                // May have been written all the same.
            }
        }

        List<string> texts = await TextsAsync(stream);
        for (int i = 0; i < texts.Count; i += 2) texts[i + 1].ShouldBe(texts[i] + "+");
        texts.Intersect(written).ShouldBe(written);
        texts.Distinct().Count().ShouldBe(texts.Count);
    }

    [Fact]
    public async Task A_closed_store_refuses_everything()
    {
        StreamName stream = Stream();
        await AppendAsync(stream, ExpectedRevision.NoStream, Events(1));
        await Store.DisposeAsync();

        (await FailureAsync(stream, Events(1))).ShouldBe(EventStoreErrorKind.Unavailable);
        EventStoreException e = await Should.ThrowAsync<EventStoreException>(() => ReadAsync(stream));
        e.Kind.ShouldBe(EventStoreErrorKind.Unavailable);
        Store = await OpenAsync();
    }

    private static ExpectedRevision At(long revision) => ExpectedRevision.At(new Revision(revision));

    private static ExpectedRevision Expectation(string text) => text switch
    {
        "any" => ExpectedRevision.Any,
        "no stream" => ExpectedRevision.NoStream,
        "stream exists" => ExpectedRevision.StreamExists,
        _ => At(long.Parse(text, CultureInfo.InvariantCulture)),
    };

    private async Task<EventStoreErrorKind> FailureAsync(StreamName stream, EventData[] events) =>
        (await Should.ThrowAsync<EventStoreException>(async () =>
            await Store.AppendAsync(stream, ExpectedRevision.Any, events, Cancel))).Kind;
}
