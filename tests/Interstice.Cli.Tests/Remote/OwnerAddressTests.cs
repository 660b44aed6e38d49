using Interstice.Cli.Remote;

namespace Interstice.Cli.Tests.Remote;

public sealed class OwnerAddressTests
{
    [Theory]
    [InlineData("http://a.example:5080/", "http://b.example:5080/")]
    [InlineData("http://a.example:5080/", "https://b.example/")]
    [InlineData("https://a.example/", "https://10.1.2.3:5443/")]
    [InlineData("http://127.0.0.1:5080/", "http://127.0.0.1:5081/")]
    [InlineData("http://localhost:5080/", "http://[::1]:5081/")]
    [InlineData("http://127.0.0.1:5080/", "http://10.1.2.3:5080/")]
    public void An_owner_that_is_as_safe_to_ask_as_the_first_host_is_followed(string first, string owner) =>
        OwnerAddress.MayBeFollowed(new Uri(first), new Uri(owner)).ShouldBeTrue();

    [Theory]
    [InlineData("https://a.example/", "http://b.example:5080/")]
    [InlineData("https://127.0.0.1:5443/", "http://127.0.0.1:5080/")]
    public void An_address_in_clear_text_is_not_followed_from_an_encrypted_one(string first, string owner) =>
        OwnerAddress.MayBeFollowed(new Uri(first), new Uri(owner)).ShouldBeFalse();

    [Theory]
    [InlineData("http://127.0.0.1:5080/")]
    [InlineData("https://127.0.0.1:5080/")]
    [InlineData("http://127.9.9.9:5080/")]
    [InlineData("http://127.1:5080/")]
    [InlineData("http://localhost:5080/")]
    [InlineData("http://LOCALHOST.:5080/")]
    [InlineData("http://a.localhost:5080/")]
    [InlineData("http://[::1]:5080/")]
    [InlineData("http://[::ffff:127.0.0.1]:5080/")]
    [InlineData("http://0.0.0.0:5080/")]
    [InlineData("http://[::]:5080/")]
    public void The_callers_own_machine_is_not_followed_from_another_one(string owner)
    {
        OwnerAddress.MayBeFollowed(new Uri("http://a.example:5080/"), new Uri(owner)).ShouldBeFalse();
        OwnerAddress.MayBeFollowed(new Uri("https://a.example/"), new Uri(owner)).ShouldBeFalse();
    }
}
