using Interstice.Server.Hosting;

namespace Interstice.Server.Tests.Hosting;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5080", "127.0.0.1", 5080, true)]
    [InlineData("http://127.8.9.1:0", "127.8.9.1", 0, true)]
    [InlineData("HTTP://LocalHost", "LocalHost", 80, true)]
    [InlineData("https://[::1]:5443/", "[::1]", 5443, true)]
    [InlineData("https://0.0.0.0", "0.0.0.0", 443, false)]
    [InlineData("http://*:80", "*", 80, false)]
    [InlineData("http://+:80", "+", 80, false)]
    [InlineData("http://[::]:80", "[::]", 80, false)]
    [InlineData("http://localhost.example.com:80", "localhost.example.com", 80, false)]
    [InlineData("http://128.0.0.1:80", "128.0.0.1", 80, false)]
    public void An_address_is_taken_apart_and_only_loopback_is_loopback(string text, string host, int port, bool isLoopback)
    {
        ListenAddress address = ListenAddress.Parse(text);
        address.Host.ShouldBe(host);
        address.Port.ShouldBe(port);
        address.IsLoopback.ShouldBe(isLoopback);
        address.IsHttps.ShouldBe(text.StartsWith("https", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("ftp://127.0.0.1:80")]
    [InlineData("http://")]
    [InlineData("http://:80")]
    [InlineData("http://127.0.0.1:x")]
    [InlineData("http://127.0.0.1:65536")]
    [InlineData("http://127.0.0.1:-1")]
    [InlineData("http://127.0.0.1@evil.example:80")]
    [InlineData("http://127.0.0.1:80/path")]
    [InlineData("http://::1:80")]
    [InlineData("http://[127.0.0.1]:80")]
    [InlineData("http://[localhost]:80")]
    [InlineData("http://[::1:80")]
    [InlineData("http://[::1]x:80")]
    public void What_is_no_address_is_refused_with_an_example(string text) =>
        Should.Throw<ArgumentException>(() => ListenAddress.Parse(text)).Message.ShouldContain("write http://127.0.0.1:5080");

    [Theory]
    [InlineData("http://127.0.0.1:80", false, false, null)]
    [InlineData("http://0.0.0.0:80", false, false, "TLS and an API key")]
    [InlineData("http://0.0.0.0:80", true, false, "has not TLS;")]
    [InlineData("https://0.0.0.0:80", false, false, "has not an API key;")]
    [InlineData("https://0.0.0.0:80", true, false, null)]
    [InlineData("http://0.0.0.0:80", false, true, null)]
    public void Other_machines_are_let_in_by_tls_and_a_key_or_explicitly(string text, bool hasKeys, bool isInsecure, string? missing)
    {
        string? reason = ListenAddress.Parse(text).Forbidden(hasKeys, isInsecure);
        if (missing is null) reason.ShouldBeNull();
        else reason.ShouldNotBeNull().ShouldContain(missing);
    }
}
