using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;

namespace Interstice.Kernel.Tests.Events;

public sealed class GroupCommittedTests
{
    [Fact]
    public void A_commit_point_reads_as_it_was_written()
    {
        GroupCommitted group = Group();

        var read = GroupCommitted.Read(group.ToBytes());

        read.Parts.Select(part => (part.Module, part.Number, part.After)).ShouldBe([("ledger", 1, new Revision(7)), ("stock", 3, new Revision(1L << 40))]);
        read.Parts[1].Events.Select(each => each.Type).ShouldBe([EventTypes.RowInserted, EventTypes.EventEmitted]);
        read.ToBytes().ShouldBe(group.ToBytes());
        read.Parts[0].Epoch.ShouldBe(5ul);
    }

    // Golden: the first bytes of version 1, up to the record of the first part.
    [Fact]
    public void Version_1_stays_as_it_was_written_first()
    {
        byte[] bytes = Group().ToBytes();

        Convert.ToHexString(bytes[..31]).ShouldBe("0102000000" + "06000000" + "6C6564676572" + "01000000" + "0700000000000000" + "9B000000");
        Convert.ToHexString(bytes[186..]).ShouldStartWith("01000000" + "0C000000" + "43616C6C5265636F72646564" + "01000000" + "01" + "05000000");
    }

    [Fact]
    public void Every_cut_every_byte_too_many_and_an_unknown_version_is_refused()
    {
        byte[] bytes = Group().ToBytes();

        for (int length = 0; length < bytes.Length; length++)
        {
            Should.Throw<EventFormatException>(() => GroupCommitted.Read(bytes.AsSpan(0, length)), $"{length} bytes");
            GroupCommitted.IsValid(bytes.AsSpan(0, length)).ShouldBeFalse($"{length} bytes");
        }

        Should.Throw<EventFormatException>(() => GroupCommitted.Read([.. bytes, 0]));
        Should.Throw<EventFormatException>(() => GroupCommitted.Read([0, .. bytes[1..]])).Message.ShouldContain("version 0");
        Should.Throw<EventFormatException>(() => GroupCommitted.Read([2, .. bytes[1..]])).Message.ShouldContain("version 2");
        GroupCommitted.IsValid(bytes).ShouldBeTrue();
    }

    [Fact]
    public void Parts_that_contradict_themselves_are_refused()
    {
        GroupPart part = Group().Parts[0];

        Refuse(new GroupCommitted([]), "0 parts");
        Refuse(new GroupCommitted([part, part]), "stream 1 behind stream 1");
        Refuse(new GroupCommitted([part with { Number = 0 }]), "stream 0");
        Refuse(new GroupCommitted([part with { After = Revision.None }]), "behind revision");
        Refuse(new GroupCommitted([part with { Events = [] }]), "0 events");
        Refuse(new GroupCommitted([part with { Events = [part.Events[0], part.Events[0]] }]), "another number of events");
        Refuse(new GroupCommitted([part with { Events = [new(EventTypes.OwnershipTaken, new byte[] { 1 })] }]), EventTypes.OwnershipTaken);
        Refuse(new GroupCommitted([part with { Events = [new(EventTypes.GroupCommitted, new byte[] { 1 })] }]), EventTypes.GroupCommitted);

        static void Refuse(GroupCommitted group, string words) =>
            Should.Throw<EventFormatException>(() => GroupCommitted.Read(group.ToBytes())).Message.ShouldContain(words);
    }

    [Fact]
    public void A_record_for_another_owner_differs_in_host_and_epoch_only()
    {
        GroupPart part = Group().Parts[0];
        var other = Guid.Parse("99999999-0000-0000-0000-000000000001");

        part.RecordFor(Record(1).Host, 5).ShouldBe(part.Record.ToArray());
        byte[] taken = part.RecordFor(other, 6);

        TransactionRecord read = TransactionRecord.Read([.. taken, .. new byte[ChainValue.Bytes]]);
        (read.Host, read.Epoch).ShouldBe((other, 6ul));
        byte[] back = (part with { Record = taken }).RecordFor(Record(1).Host, 5);
        back.ShouldBe(part.Record.ToArray());
    }

    [Fact]
    public void It_has_an_exact_form_in_json_that_names_the_modules()
    {
        byte[] payload = Group().ToBytes();
        using var json = new PayloadWriter();
        using (var writer = new Utf8JsonWriter(json, EventJson.WriterOptions))
            EventJson.TryWrite(writer, EventTypes.GroupCommitted, payload, null).ShouldBeTrue();
        using JsonDocument document = JsonDocument.Parse(json.WrittenMemory);
        document.RootElement.GetProperty("modules").ToString().ShouldBe("""["ledger","stock"]""");
        using var canonical = new PayloadWriter();

        EventJson.Read(EventTypes.GroupCommitted, document.RootElement, null, canonical);

        canonical.Written.ToArray().ShouldBe(payload);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"parts":"no base64"}""")]
    [InlineData("""{"parts":"AQAAAAA="}""")]
    public void Json_that_is_no_commit_point_is_refused(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        using var canonical = new PayloadWriter();

        Should.Throw<EventFormatException>(() => EventJson.Read(EventTypes.GroupCommitted, document.RootElement, null, canonical));
    }

    private static GroupCommitted Group() => new(
    [
        new("ledger", 1, new Revision(7), Bytes(Record(1)), [new(EventTypes.CallRecorded, new byte[] { 1 })]),
        new("stock", 3, new Revision(1L << 40), Bytes(Record(2)), [new(EventTypes.RowInserted, new byte[] { 1, 2 }), new(EventTypes.EventEmitted, new byte[] { 3 })]),
    ]);

    private static byte[] Bytes(TransactionRecord record)
    {
        using var writer = new PayloadWriter();
        record.WriteBeforeChain(writer);
        return writer.Written.ToArray();
    }

    private static TransactionRecord Record(int events) => new()
    {
        EventCount = events,
        Reducer = "x",
        Arguments = default,
        Caller = default,
        TimeUs = 1,
        Seed = 2,
        Code = default,
        Engine = "",
        Fuel = 3,
        Host = Guid.Parse("11111111-2222-3333-4444-555555555555"),
        Epoch = 5,
        StateHash = 6,
    };
}
