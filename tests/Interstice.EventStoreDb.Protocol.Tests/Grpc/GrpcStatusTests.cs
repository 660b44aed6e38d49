using Interstice.EventStoreDb.Protocol.Grpc;

namespace Interstice.EventStoreDb.Protocol.Tests.Grpc;

public sealed class GrpcStatusTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain text ~", "plain text ~")]
    [InlineData("100%", "100%25")]
    [InlineData("ü✓\n", "%C3%BC%E2%9C%93%0A")]
    public void A_message_is_escaped_to_printable_ASCII_and_back(string text, string escaped)
    {
        GrpcStatus.Escape(text).ShouldBe(escaped);
        GrpcStatus.Unescape(escaped).ShouldBe(text);
    }

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%+1", "%+1")]
    [InlineData("% 1%41", "% 1A")]
    [InlineData("a%c3%bcb", "aüb")]
    [InlineData("ü%41", "üA")]
    [InlineData("%FF", "\ufffd")]
    public void What_is_not_escaped_rightly_stays_as_it_is(string escaped, string text) => GrpcStatus.Unescape(escaped).ShouldBe(text);
}
