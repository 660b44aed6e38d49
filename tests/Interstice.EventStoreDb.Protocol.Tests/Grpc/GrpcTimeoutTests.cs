using Interstice.EventStoreDb.Protocol.Grpc;

namespace Interstice.EventStoreDb.Protocol.Tests.Grpc;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData(0L, "1u")]
    [InlineData(-5L, "1u")]
    [InlineData(1L, "1u")]
    [InlineData(11L, "2u")]
    [InlineData(999_999_990L, "99999999u")]
    [InlineData(999_999_991L, "100000m")]
    [InlineData(TimeSpan.TicksPerDay, "86400000m")]
    [InlineData(long.MaxValue, "15372286729M", "99999999H")]
    public void A_time_takes_the_finest_unit_that_holds_it_and_is_never_shortened(long ticks, params string[] allowed)
    {
        string text = GrpcTimeout.Format(new TimeSpan(ticks));

        allowed.ShouldContain(text);
        text.Length.ShouldBeLessThanOrEqualTo(9);
        GrpcTimeout.TryParse(text, out TimeSpan read).ShouldBeTrue();
        if (ticks < long.MaxValue) read.Ticks.ShouldBeGreaterThanOrEqualTo(ticks);
    }

    [Theory]
    [InlineData("250n", 3L)]
    [InlineData("7u", 70L)]
    [InlineData("3m", 30_000L)]
    [InlineData("2S", 20_000_000L)]
    [InlineData("1M", 600_000_000L)]
    [InlineData("99999999H", 3_599_999_964_000_000_000L)]
    public void A_header_is_read_in_each_unit(string text, long ticks)
    {
        GrpcTimeout.TryParse(text, out TimeSpan timeout).ShouldBeTrue();
        timeout.Ticks.ShouldBe(ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("5s")]
    [InlineData("-5S")]
    [InlineData("+5S")]
    [InlineData("5 S")]
    [InlineData("123456789S")]
    public void Another_header_is_refused(string text) => GrpcTimeout.TryParse(text, out _).ShouldBeFalse();
}
