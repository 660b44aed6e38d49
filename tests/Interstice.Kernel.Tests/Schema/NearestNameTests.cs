using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tests.Schema;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["accounts", "transfers", "account_log", "id", "ix"];

    [Theory]
    [InlineData("acounts", "accounts")]
    [InlineData("accoutns", "accounts")]
    [InlineData("Accounts", "accounts")]
    [InlineData("ACCOUNT_LOG", "account_log")]
    [InlineData("transfer", "transfers")]
    [InlineData("di", "id")]
    [InlineData("i", null)]
    [InlineData("IX", "ix")]
    [InlineData("payments", null)]
    [InlineData("", null)]
    [InlineData("zz", null)]
    public void The_closest_name_is_found_if_it_is_close(string name, string? expected) =>
        NearestName.Find(name, Names).ShouldBe(expected);

    [Fact]
    public void A_suggestion_ends_a_sentence_or_is_nothing()
    {
        NearestName.Suggest("acounts", Names).ShouldBe("; did you mean \"accounts\"?");
        NearestName.Suggest("payments", Names).ShouldBe("");
        NearestName.Suggest(new string('x', 100_000), Names).ShouldBe("");
        NearestName.Suggest("a", [new string('a', 100_000)]).ShouldBe("");
    }
}
