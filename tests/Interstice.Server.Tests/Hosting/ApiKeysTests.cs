using Interstice.Server.Hosting;

namespace Interstice.Server.Tests.Hosting;

public sealed class ApiKeysTests
{
    private const string Old = "the-old-key-of-16-or-more";
    private const string New = "the-new-key-of-16-or-more";

    [Fact]
    public void An_old_key_and_its_successor_hold_side_by_side()
    {
        ApiKeys keys = ApiKeys.Parse($"\n  {Old}\r\n{New}\n", "keys.txt");
        keys.Any.ShouldBeTrue();
        keys.Accept(Old).ShouldBeTrue();
        keys.Accept(New).ShouldBeTrue();
        foreach (string wrong in (string[])["", Old[1..], Old + New, Old.ToUpperInvariant(), $"{Old}\n"]) keys.Accept(wrong).ShouldBeFalse();
        ApiKeys.None.Accept("").ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "no API key")]
    [InlineData(" \n ", "no API key")]
    [InlineData("short", "5 characters")]
    [InlineData("with spaces inside of it", "printable ASCII")]
    [InlineData("schlüssel-mit-umlaut-darin", "printable ASCII")]
    public void A_weak_or_unsendable_key_is_refused_without_being_repeated(string text, string part)
    {
        string message = Should.Throw<ArgumentException>(() => ApiKeys.Parse(text, "keys.txt")).Message;
        message.ShouldStartWith("keys.txt holds");
        message.ShouldContain(part);
        if (text.Trim().Length > 0) message.ShouldNotContain(text.Trim());
    }
}
