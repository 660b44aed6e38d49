using System.Text;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Hashing;
using Interstice.Kernel.Migrations;

namespace Interstice.Kernel.Tests.Events;

/// <summary>Goal: every version of the payload that was ever written is read for ever, and says no more than it must.</summary>
public sealed class ModulePublishedTests
{
    // Golden: all versions begin alike behind the first byte.
    private const string Head =
        "02000000" + "01000000" + "0101010101010101010101010101010101010101010101010101010101010101" + "0500000000000000" + "01000000" + "02000000"
        + "020000007b7d" + "0700000000000000" + "0202020202020202020202020202020202020202020202020202020202020202";

    private const string Steps = "01000000" + "02000000" + "7b7d" + "09000000000000000000000000000000";

    private const string Effects =
        "01000000" + "03000000000000000000000000000000" + "0400000000000000" + "01000000" + "0100000074" + "02000000" + "01000000aa" + "02000000bbcc";

    private static readonly ModulePublished Plain = new()
    {
        Version = 2,
        Abi = 1,
        Code = CodeHash.Read(Enumerable.Repeat((byte)1, 32).ToArray()),
        CodeBytes = 5,
        ChunkCount = 1,
        FuelSchedule = 2,
        Schema = "{}"u8.ToArray(),
        TimeUs = 7,
        Publisher = Identity.Read(Enumerable.Repeat((byte)2, 32).ToArray()),
    };

    private static readonly ModulePublished Migrated = Plain with { Steps = ["{}"], StateHash = new StateHash(9) };

    private static readonly ModulePublished Reduced = Migrated with
    {
        Effects = [new ReducerEffects(3, 4, [new TableRows("t", [new byte[] { 0xaa }, new byte[] { 0xbb, 0xcc }])])],
    };

    [Fact]
    public void Each_version_has_its_bytes_and_the_oldest_that_can_say_it_is_written()
    {
        Convert.ToHexStringLower(Plain.ToBytes()).ShouldBe("01" + Head);
        Convert.ToHexStringLower(Migrated.ToBytes()).ShouldBe("02" + Head + Steps);
        Convert.ToHexStringLower(Reduced.ToBytes()).ShouldBe("03" + Head + Steps + Effects);
    }

    [Fact]
    public void What_was_written_is_read()
    {
        foreach (ModulePublished written in (ModulePublished[])[Plain, Migrated, Reduced])
            Convert.ToHexStringLower(ModulePublished.Read(written.ToBytes()).ToBytes()).ShouldBe(Convert.ToHexStringLower(written.ToBytes()));
        ReducerEffects effects = ModulePublished.Read(Reduced.ToBytes()).Effects.ShouldHaveSingleItem();
        (effects.Seed, effects.Fuel, effects.RowCount, effects.Tables[0].Table).ShouldBe(((UInt128)3, 4UL, 2L, "t"));
        effects.Tables[0].Rows[1].ToArray().ShouldBe([0xbb, 0xcc]);
    }

    [Fact]
    public void Bytes_that_miss_or_are_too_many_and_other_versions_are_refused()
    {
        byte[] whole = Reduced.ToBytes();
        for (int length = 0; length < whole.Length; length++)
            Should.Throw<EventFormatException>(() => ModulePublished.Read(whole.AsSpan(0, length)), $"{length} bytes");
        Should.Throw<EventFormatException>(() => ModulePublished.Read([.. whole, 0]));
        foreach (byte version in (byte[])[0, 4, 255])
            Should.Throw<EventFormatException>(() => ModulePublished.Read([version, .. whole.AsSpan(1)]));
        byte[] negative = [.. whole];
        BitConverter.TryWriteBytes(negative.AsSpan(whole.Length - 15), -1); // the count of rows
        Should.Throw<EventFormatException>(() => ModulePublished.Read(negative));
    }

    [Fact]
    public void Json_says_as_much_as_the_bytes()
    {
        foreach (ModulePublished written in (ModulePublished[])[Plain, Migrated, Reduced])
        {
            byte[] json = RandomEvents.WriteJson(writer => EventJson.TryWrite(writer, EventTypes.ModulePublished, written.ToBytes(), null));
            Convert.ToHexStringLower(ReadJson(Encoding.UTF8.GetString(json))).ShouldBe(Convert.ToHexStringLower(written.ToBytes()));
        }
    }

    [Theory]
    [InlineData("\"effects\":[", "\"effects\":[],\"x\":[")]
    [InlineData("\"qg==\"", "\"qg\"")]
    [InlineData("\"qg==\"", "7")]
    [InlineData("\"seed\":\"3\"", "\"seed\":3")]
    [InlineData("\"tables\":[", "\"tables\":7,\"x\":[")]
    public void Json_that_is_something_else_is_refused(string part, string other)
    {
        string json = Encoding.UTF8.GetString(
            RandomEvents.WriteJson(writer => EventJson.TryWrite(writer, EventTypes.ModulePublished, Reduced.ToBytes(), null)));
        json.ShouldContain(part);
        Should.Throw<EventFormatException>(() => ReadJson(json.Replace(part, other, StringComparison.Ordinal)));
    }

    private static byte[] ReadJson(string json)
    {
        using var canonical = new PayloadWriter();
        using var document = JsonDocument.Parse(json);
        EventJson.Read(EventTypes.ModulePublished, document.RootElement, null, canonical);
        return canonical.Written.ToArray();
    }
}
