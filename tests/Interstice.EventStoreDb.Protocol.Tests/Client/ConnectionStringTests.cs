using System.Net;
using EventStore.Client;

namespace Interstice.EventStoreDb.Protocol.Tests.Client;

public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("esdb://localhost", "https://localhost:2113/")]
    [InlineData("esdb://localhost:1234", "https://localhost:1234/")]
    [InlineData("esdb://localhost/?tls=true", "https://localhost:2113/")]
    [InlineData("esdb://node.example:1?tls=false", "http://node.example:1/")]
    [InlineData("esdb://127.0.0.1:1?TLS=False", "http://127.0.0.1:1/")]
    [InlineData("esdb://[::1]:1?tls=false", "http://[::1]:1/")]
    [InlineData("esdb://a:b@localhost:1", "https://localhost:1/")]
    public void One_host_is_a_single_node(string text, string address)
    {
        EventStoreClientConnectivitySettings settings = EventStoreClientSettings.Create(text).ConnectivitySettings;
        settings.IsSingleNode.ShouldBeTrue();
        settings.Address.ShouldBe(new Uri(address));
        settings.Insecure.ShouldBe(address.StartsWith("http:", StringComparison.Ordinal));
    }

    [Fact]
    public void Several_hosts_or_discovery_are_a_cluster()
    {
        EventStoreClientConnectivitySettings names = EventStoreClientSettings.Create("esdb://a,b:2,10.0.0.1").ConnectivitySettings;
        names.IsSingleNode.ShouldBeFalse();
        names.GossipSeeds.ShouldBe([new DnsEndPoint("a", 2113), new DnsEndPoint("b", 2), new DnsEndPoint("10.0.0.1", 2113)]);
        names.GossipOverHttps.ShouldBeTrue();
        EventStoreClientConnectivitySettings addresses =
            EventStoreClientSettings.Create("esdb+discover://10.0.0.1:7?tls=false").ConnectivitySettings;
        addresses.GossipSeeds.ShouldBe([new IPEndPoint(IPAddress.Parse("10.0.0.1"), 7)]);
        addresses.GossipOverHttps.ShouldBeFalse();
    }

    [Fact]
    public void What_is_not_said_has_its_default()
    {
        EventStoreClientSettings settings = EventStoreClientSettings.Create("esdb://localhost");
        settings.DefaultCredentials.ShouldBeNull();
        settings.DefaultDeadline.ShouldBe(TimeSpan.FromSeconds(10));
        settings.OperationOptions.ThrowOnAppendFailure.ShouldBeTrue();
        EventStoreClientConnectivitySettings connectivity = settings.ConnectivitySettings;
        connectivity.MaxDiscoverAttempts.ShouldBe(10);
        connectivity.DiscoveryInterval.ShouldBe(TimeSpan.FromMilliseconds(100));
        connectivity.GossipTimeout.ShouldBe(TimeSpan.FromSeconds(5));
        connectivity.KeepAliveInterval.ShouldBe(TimeSpan.FromSeconds(10));
        connectivity.KeepAliveTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        connectivity.NodePreference.ShouldBe(NodePreference.Leader);
        connectivity.TlsVerifyCert.ShouldBeTrue();
    }

    [Fact]
    public void Every_setting_is_read()
    {
        EventStoreClientSettings settings = EventStoreClientSettings.Create(
            "esdb://us%40er:pa%3Ass@a,b?maxDiscoverAttempts=3&discoveryInterval=5&gossipTimeout=7&nodePreference=readOnlyReplica"
            + "&keepAliveInterval=-1&keepAliveTimeout=9&defaultDeadline=11&connectionName=me%20too&throwOnAppendFailure=false&tlsVerifyCert=false");
        settings.DefaultCredentials!.Username.ShouldBe("us@er");
        settings.DefaultCredentials.Password.ShouldBe("pa:ss");
        settings.DefaultCredentials.ToString().ShouldBe("Basic dXNAZXI6cGE6c3M=");
        settings.ConnectionName.ShouldBe("me too");
        settings.DefaultDeadline.ShouldBe(TimeSpan.FromMilliseconds(11));
        settings.OperationOptions.ThrowOnAppendFailure.ShouldBeFalse();
        EventStoreClientConnectivitySettings connectivity = settings.ConnectivitySettings;
        connectivity.MaxDiscoverAttempts.ShouldBe(3);
        connectivity.DiscoveryInterval.ShouldBe(TimeSpan.FromMilliseconds(5));
        connectivity.GossipTimeout.ShouldBe(TimeSpan.FromMilliseconds(7));
        connectivity.NodePreference.ShouldBe(NodePreference.ReadOnlyReplica);
        connectivity.KeepAliveInterval.ShouldBe(System.Threading.Timeout.InfiniteTimeSpan);
        connectivity.KeepAliveTimeout.ShouldBe(TimeSpan.FromMilliseconds(9));
        connectivity.TlsVerifyCert.ShouldBeFalse();
    }

    [Theory]
    [InlineData("localhost", typeof(NoSchemeException))]
    [InlineData("", typeof(NoSchemeException))]
    [InlineData("http://localhost", typeof(InvalidSchemeException))]
    [InlineData("esdb://", typeof(InvalidHostException))]
    [InlineData("esdb://a,,b", typeof(InvalidHostException))]
    [InlineData("esdb://a:0", typeof(InvalidHostException))]
    [InlineData("esdb://a:70000", typeof(InvalidHostException))]
    [InlineData("esdb://a:b:c", typeof(InvalidHostException))]
    [InlineData("esdb://user@a", typeof(InvalidUserCredentialsException))]
    [InlineData("esdb://a:b:c@a", typeof(InvalidUserCredentialsException))]
    [InlineData("esdb://a/path?tls=false", typeof(ConnectionStringParseException))]
    [InlineData("esdb://a?tls", typeof(InvalidKeyValuePairException))]
    [InlineData("esdb://a?tls=true&TLS=false", typeof(DuplicateKeyException))]
    [InlineData("esdb://a?tls=maybe", typeof(InvalidSettingException))]
    [InlineData("esdb://a?unknown=1", typeof(InvalidSettingException))]
    [InlineData("esdb://a?gossipTimeout=soon", typeof(InvalidSettingException))]
    [InlineData("esdb://a?nodePreference=1", typeof(InvalidSettingException))]
    [InlineData("esdb://a?tlsCaFile=no-such-file", typeof(InvalidSettingException))]
    public void Another_text_is_refused_by_what_is_wrong(string text, Type kind)
    {
        Exception failure = Should.Throw<ConnectionStringParseException>(() => EventStoreClientSettings.Create(text));
        failure.ShouldBeOfType(kind);
    }

    [Fact]
    public void A_password_is_not_told()
    {
        Should.Throw<InvalidUserCredentialsException>(() => EventStoreClientSettings.Create("esdb://me:secret:x@a"))
            .Message.ShouldNotContain("secret");
    }
}
