using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EventStore.Client;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;
using Interstice.TestKit.Clients;
using Microsoft.Extensions.Logging;
using ProtocolEmpty = Interstice.EventStoreDb.Protocol.Messages.Empty;

namespace Interstice.Server.Tests.EventStoreDb;

public sealed class AccessTests : EndpointFixture
{
    protected override EndpointOptions Options => new()
    {
        Credentials = EndpointCredentials.Parse(["# who may call", "", "admin:changeit", "ünï:pass:wörd"]),
        ReadOnlyPrefix = EndpointOptions.ModuleStreams,
    };

    public static TheoryData<string, int> Headers => new()
    {
        { "", (int)GrpcStatusCode.PermissionDenied },
        { Basic("admin:changeit"), (int)GrpcStatusCode.Ok },
        { Basic("ünï:pass:wörd"), (int)GrpcStatusCode.Ok },
        { Basic("admin:changeit").Replace("Basic", "basic", StringComparison.Ordinal), (int)GrpcStatusCode.Ok },
        { Basic("admin:changeit "), (int)GrpcStatusCode.Unauthenticated },
        { Basic("admin:Changeit"), (int)GrpcStatusCode.Unauthenticated },
        { Basic("admin:"), (int)GrpcStatusCode.Unauthenticated },
        { Basic("admin"), (int)GrpcStatusCode.Unauthenticated },
        { Basic(""), (int)GrpcStatusCode.Unauthenticated },
        { Basic(new string('x', 3000)), (int)GrpcStatusCode.Unauthenticated },
        { Basic("# who may call"), (int)GrpcStatusCode.Unauthenticated },
        { "Basic", (int)GrpcStatusCode.Unauthenticated },
        { "Basic not base 64", (int)GrpcStatusCode.Unauthenticated },
        { "Bearer " + Convert.ToBase64String("admin:changeit"u8), (int)GrpcStatusCode.Unauthenticated },
        { "nothing", (int)GrpcStatusCode.Unauthenticated },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Every_method_lets_in_who_is_known_and_nobody_else(string header, int code)
    {
        GrpcCallOptions options = header.Length == 0
            ? GrpcCallOptions.None
            : GrpcCallOptions.None with { Headers = new Dictionary<string, string> { ["authorization"] = header } };
        foreach ((string name, Func<Task> call, bool isForEverybody) in Calls(options))
        {
            GrpcException? failure = null;
            try
            {
                await call();
            }
            catch (GrpcException fault)
            {
                failure = fault;
            }

            int expected = isForEverybody && header.Length == 0 ? (int)GrpcStatusCode.Ok : code;
            ((int)(failure?.Code ?? GrpcStatusCode.Ok)).ShouldBe(expected, $"{name}: {failure?.Message}");
            if (expected == (int)GrpcStatusCode.PermissionDenied) failure!.Trailer("exception").ShouldBe("access-denied", name);
            failure?.Message.ShouldNotContain("changeit");
        }
    }

    [Fact]
    public async Task Streams_of_modules_are_read_and_written_by_nobody_through_the_endpoint()
    {
        GrpcCallOptions known = GrpcCallOptions.None with
        {
            Headers = new Dictionary<string, string> { ["authorization"] = Basic("admin:changeit") },
        };
        foreach (string stream in new[] { "interstice-bank", "interstice_modules", "$$interstice-bank" })
        {
            GrpcException append = await FailureAsync(() => AppendAsync(stream, known));
            append.Code.ShouldBe(GrpcStatusCode.PermissionDenied);
            append.Trailer("exception").ShouldBe("access-denied");
        }

        foreach (GrpcMethod<DeleteReq, DeleteResp> method in new[] { ProtocolMethods.Delete, ProtocolMethods.Tombstone })
            (await FailureAsync(() => Connection.CallAsync(method, Deletion("interstice-bank"), known, Cancel)))
                .Trailer("exception").ShouldBe("access-denied");
        using GrpcCall<BatchAppendReq, BatchAppendResp> batch = Connection.Start(ProtocolMethods.BatchAppend, known, Cancel);
        await batch.WriteAsync(BatchAppendCallTests.Append(1, "interstice-bank", BatchAppendCallTests.Any, BatchProposed("x")));
        BatchAppendCallTests.Detail<AccessDenied>((await batch.ReadAsync())!, GrpcStatusCode.PermissionDenied);
        await AppendAsync("inter", known);
        await Store.AppendAsync(
            new StreamName("interstice-bank"), ExpectedRevision.Any, new[] { new Kernel.Events.EventData(Guid.NewGuid(), "x", false, default, default) }, Cancel);
        using GrpcCall<ReadReq, ReadResp> read = Connection.Start(ProtocolMethods.Read, known, Cancel);
        await read.WriteAsync(ReadOf("interstice-bank"));
        read.CompleteRequests();
        (await read.ReadAsync())!.Event.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_clients_exceptions_tell_wrong_credentials_from_none()
    {
        string address = Endpoint.Address.Authority;
        await using var known = new EventStoreClient(EventStoreClientSettings.Create($"esdb://admin:changeit@{address}?tls=false"));
        await using var wrong = new EventStoreClient(EventStoreClientSettings.Create($"esdb://admin:no@{address}?tls=false"));
        await using var none = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{address}?tls=false"));
        await known.AppendToStreamAsync("s", StreamState.Any, [AnEvent()], cancellationToken: Cancel);
        await Should.ThrowAsync<NotAuthenticatedException>(wrong.AppendToStreamAsync("s", StreamState.Any, [AnEvent()], cancellationToken: Cancel));
        await Should.ThrowAsync<AccessDeniedException>(none.AppendToStreamAsync("s", StreamState.Any, [AnEvent()], cancellationToken: Cancel));
        await Should.ThrowAsync<NotAuthenticatedException>(wrong.TombstoneAsync("s", StreamState.Any, cancellationToken: Cancel));
        (await TextsOfAsync(known)).ShouldBe(["x"]);
    }

    [Fact]
    public async Task A_client_that_trusts_the_certificate_calls_by_TLS_and_no_other()
    {
        using var directory = new TemporaryDirectory();
        string authority = Path.Join(directory.Path, "ca.pem");
        using X509Certificate2 certificate = ServerCertificate.Make(authority);
        await using EventStoreDbEndpoint endpoint = await EventStoreDbEndpoint.StartAsync(
            Store, new EndpointBinding(new IPEndPoint(IPAddress.Loopback, 0), certificate), Options, cancellationToken: Cancel);
        endpoint.Address.Scheme.ShouldBe("https");
        string address = $"localhost:{endpoint.Address.Port}";
        await using var trusting = new EventStoreClient(EventStoreClientSettings.Create($"esdb://admin:changeit@{address}?tlsCaFile={authority}"));
        await using var strange = new EventStoreClient(EventStoreClientSettings.Create($"esdb://admin:changeit@{address}"));
        await trusting.AppendToStreamAsync("s", StreamState.Any, [AnEvent()], cancellationToken: Cancel);
        (await TextsOfAsync(trusting)).ShouldBe(["x"]);
        await Should.ThrowAsync<Exception>(strange.AppendToStreamAsync("s", StreamState.Any, [AnEvent()], cancellationToken: Cancel));
        (await TextsOfAsync(trusting)).ShouldBe(["x"]);
    }

    [Fact]
    public async Task An_address_that_others_reach_is_refused_without_TLS_and_credentials_unless_that_is_allowed()
    {
        using var directory = new TemporaryDirectory();
        using X509Certificate2 certificate = ServerCertificate.Make(Path.Join(directory.Path, "ca.pem"));
        using X509Certificate2 keyless = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));
        var any = new IPEndPoint(IPAddress.Any, 0);
        foreach ((X509Certificate2? shown, bool isKnown, string missing) in ((X509Certificate2?, bool, string)[])
                 [
                     (null, false, "no TLS and credentials"), (null, true, "no TLS"), (certificate, false, "no credentials"),
                     (keyless, true, "no private key"),
                 ])
        {
            EndpointOptions options = isKnown ? Options : new EndpointOptions();
            (await Should.ThrowAsync<InvalidOperationException>(EventStoreDbEndpoint.StartAsync(
                Store, new EndpointBinding(any, shown), options, cancellationToken: Cancel))).Message.ShouldContain(missing);
        }

        using var log = new LogLines();
        await using (await EventStoreDbEndpoint.StartAsync(
            Store, new EndpointBinding(any, certificate), Options, logging => logging.AddProvider(log), Cancel))
            log.Lines.ShouldBeEmpty();
        await using (await EventStoreDbEndpoint.StartAsync(
            Store, new EndpointBinding(any, IsInsecureAllowed: true), new EndpointOptions(), logging => logging.AddProvider(log), Cancel))
            log.Lines.ShouldHaveSingleItem().ShouldContain("INSECURE");
    }

    [Theory]
    [InlineData("line 1", "secret")]
    [InlineData("line 1", ":secret")]
    [InlineData("line 2", "a:secret", "secret:")]
    [InlineData("no line")]
    [InlineData("no line", "", "# a:secret")]
    public void A_file_that_names_no_users_is_refused_without_telling_what_it_holds(string what, params string[] lines)
    {
        string message = Should.Throw<FormatException>(() => EndpointCredentials.Parse(lines)).Message;
        message.ShouldContain(what);
        message.ShouldNotContain("secret");
        (new EndpointOptions { Credentials = EndpointCredentials.Of("admin", "changeit") }).ToString().ShouldNotContain("changeit");
    }

    private static string Basic(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static EventStore.Client.EventData AnEvent() => new(Uuid.NewUuid(), "Happened", "x"u8.ToArray());

    private static async Task<List<string>> TextsOfAsync(EventStoreClient client)
    {
        List<string> texts = [];
        await foreach (ResolvedEvent read in client.ReadStreamAsync(Direction.Forwards, "s", StreamPosition.Start, cancellationToken: Cancel))
            texts.Add(Encoding.UTF8.GetString(read.Event.Data.Span));
        return texts;
    }

    private static DeleteReq Deletion(string stream) =>
        new() { Options = new DeleteReq.Types.Options { StreamIdentifier = Identifier(stream), Any = new ProtocolEmpty() } };

    private async Task AppendAsync(string stream, GrpcCallOptions options)
    {
        using GrpcCall<AppendReq, AppendResp> call = Connection.Start(ProtocolMethods.Append, options, Cancel);
        await call.WriteAsync(new AppendReq
        {
            Options = new AppendReq.Types.Options { StreamIdentifier = Identifier(stream), Any = new ProtocolEmpty() },
        });
        await call.WriteAsync(new AppendReq { ProposedMessage = Proposed("x") });
        call.CompleteRequests();
        await call.ReadOnlyOneAsync();
    }

    private IEnumerable<(string Name, Func<Task> Call, bool IsForEverybody)> Calls(GrpcCallOptions options)
    {
        yield return ("read", () => ReadOnceAsync(ReadOf("s"), options), false);
        yield return ("read all", () => ReadOnceAsync(ReadOfAll(o => o.Count = 1), options), false);
        yield return ("subscribe", () => ReadOnceAsync(
            ReadOf("s", o => o.Subscription = new ReadReq.Types.Options.Types.SubscriptionOptions()), options), false);
        yield return ("append", () => AppendAsync("s", options), false);
        yield return ("batch append", async () =>
        {
            using GrpcCall<BatchAppendReq, BatchAppendResp> call = Connection.Start(ProtocolMethods.BatchAppend, options, Cancel);
            await call.WriteAsync(BatchAppendCallTests.Append(1, "s", BatchAppendCallTests.Any, BatchProposed("x")));
            (await call.ReadAsync()).ShouldNotBeNull();
        }, false);
        yield return ("delete", () => Connection.CallAsync(ProtocolMethods.Delete, Deletion("gone"), options, Cancel), false);
        yield return ("tombstone", () => Connection.CallAsync(ProtocolMethods.Tombstone, Deletion($"{Guid.NewGuid()}"), options, Cancel), false);
        yield return ("gossip", () => Connection.CallAsync(ProtocolMethods.ReadGossip, new ProtocolEmpty(), options, Cancel), true);
        yield return ("features", () => Connection.CallAsync(ProtocolMethods.GetSupportedMethods, new ProtocolEmpty(), options, Cancel), true);
    }

    private async Task ReadOnceAsync(ReadReq request, GrpcCallOptions options)
    {
        using GrpcCall<ReadReq, ReadResp> call = Connection.Start(ProtocolMethods.Read, options, Cancel);
        await call.WriteAsync(request);
        call.CompleteRequests();
        await call.ReadAsync();
    }
}
