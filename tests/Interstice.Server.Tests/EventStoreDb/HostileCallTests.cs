using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;

namespace Interstice.Server.Tests.EventStoreDb;

// R18, the share of this endpoint. Goal: whatever arrives, the call or the connection ends, nothing stays behind, and others are served.
// Method: named faults of HTTP/2 as raw frames, and requests of the protocol damaged from a seed.
public sealed class HostileCallTests : EndpointFixture
{
    private const int Flood = 5_000;

    private static readonly Dictionary<string, Action<RawConnection>> Cases = new(StringComparer.Ordinal)
    {
        ["half a frame"] = raw => raw.Frame(RawConnection.Data, 0, 1, [1, 2, 3], length: 100),
        ["a frame larger than allowed"] = raw => raw.Frame(RawConnection.Data, 0, 1, new byte[20_000]),
        ["a length of 16 MiB"] = raw => raw.Frame(RawConnection.Headers, RawConnection.EndHeaders, 1, [], length: 0xff_ffff),
        ["an unknown type"] = raw => raw.Frame(0xfa, 0xff, 0, new byte[100]),
        ["data on stream 0"] = raw => raw.Frame(RawConnection.Data, 0, 0, [1]),
        ["data on a stream that was not opened"] = raw => raw.Frame(RawConnection.Data, 0, 7, [1]),
        ["headers on a stream of the server"] = raw => raw.Call(2, ProtocolMethods.Append.Path),
        ["headers that are no headers"] = raw => raw.Frame(RawConnection.Headers, RawConnection.EndHeaders, 1, [.. Enumerable.Repeat((byte)0xff, 64)]),
        ["a header name in capitals"] = raw => raw.Frame(RawConnection.Headers, RawConnection.EndHeaders, 1, RawConnection.Block(("Path", "/"))),
        ["no path"] = raw => raw.Frame(RawConnection.Headers, RawConnection.EndHeaders, 1, RawConnection.Block((":method", "POST"))),
        ["a path with NUL"] = raw => raw.Call(1, "/event_store.client\0/x"),
        ["headers twice"] = raw =>
        {
            raw.Call(1, ProtocolMethods.Append.Path);
            raw.Call(1, ProtocolMethods.Append.Path);
        },
        ["headers without an end"] = raw =>
        {
            raw.Call(1, ProtocolMethods.Append.Path, flags: 0);
            for (int i = 0; i < Flood; i++) raw.Frame(RawConnection.Continuation, 0, 1, RawConnection.Block(("x", new string('y', 100))));
        },
        ["data behind the end"] = raw =>
        {
            raw.Call(1, ProtocolMethods.Append.Path, RawConnection.EndHeaders | RawConnection.EndStream);
            raw.Frame(RawConnection.Data, 0, 1, [1]);
        },
        ["settings of a wrong length"] = raw => raw.Frame(RawConnection.Settings, 0, 0, [1, 2, 3]),
        ["settings of a stream"] = raw => raw.Frame(RawConnection.Settings, 0, 1, []),
        ["a window of nothing more"] = raw => raw.Frame(RawConnection.WindowUpdate, 0, 0, [0, 0, 0, 0]),
        ["a window beyond its bound"] = raw =>
        {
            raw.Frame(RawConnection.WindowUpdate, 0, 0, [0x7f, 0xff, 0xff, 0xff]);
            raw.Frame(RawConnection.WindowUpdate, 0, 0, [0x7f, 0xff, 0xff, 0xff]);
        },
        ["a stream that depends on itself"] = raw => raw.Frame(RawConnection.Priority, 0, 1, [0, 0, 0, 1, 0]),
        ["calls behind a goodbye"] = raw =>
        {
            raw.Frame(RawConnection.GoAway, 0, 0, new byte[8]);
            raw.Call(1, ProtocolMethods.Append.Path);
        },
        ["a flood of pings"] = raw => Repeat(() => raw.Frame(RawConnection.Ping, 0, 0, new byte[8])),
        ["a flood of settings"] = raw => Repeat(() => raw.Frame(RawConnection.Settings, 0, 0, [])),
        ["a flood of nothing"] = raw =>
        {
            raw.Call(1, ProtocolMethods.BatchAppend.Path);
            Repeat(() => raw.Frame(RawConnection.Data, 0, 1, []));
        },
        ["calls that are reset at once"] = raw =>
        {
            for (int i = 0; i < Flood; i++)
            {
                raw.Call((2 * i) + 1, ProtocolMethods.Read.Path);
                raw.Frame(RawConnection.Reset, 0, (2 * i) + 1, [0, 0, 0, 8]);
            }
        },
        ["more calls than a connection may have"] = raw =>
        {
            for (int i = 0; i < 1000; i++) raw.Call((2 * i) + 1, ProtocolMethods.BatchAppend.Path);
        },
        ["a message that says it has 2 GiB"] = raw =>
        {
            raw.Call(1, ProtocolMethods.Append.Path);
            raw.Frame(RawConnection.Data, 0, 1, [0, 0x7f, 0xff, 0xff, 0xff]);
        },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    protected override EndpointOptions Options => new() { RequestTimeout = TimeSpan.FromMilliseconds(200), ConnectionsMax = 40 };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whatever_a_connection_sends_it_ends_and_others_are_served(string name)
    {
        for (int i = 0; i < 3; i++)
        {
            using RawConnection raw = await RawConnection.OpenAsync(Endpoint.Address);
            Cases[name](raw);
            await raw.SendAsync();
            await ExpectServedAsync();
            await raw.EndAsync();
        }

        await ExpectNothingLeftAsync();
    }

    [Fact]
    public async Task What_is_no_HTTP_2_is_closed()
    {
        foreach (string text in new[] { "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", new string('x', 100_000) })
        {
            using RawConnection raw = await RawConnection.OpenAsync(Endpoint.Address, hasPreface: false);
            raw.Bytes([.. text.Select(c => (byte)c)]);
            await raw.SendAsync();
            await raw.EndAsync();
            await ExpectServedAsync();
        }
    }

    [Fact]
    public async Task A_request_that_stalls_ends_with_a_status()
    {
        using GrpcCall<AppendReq, AppendResp> call = Connection.Start(ProtocolMethods.Append, GrpcCallOptions.None, Cancel);
        await call.WriteAsync(new AppendReq { Options = new AppendReq.Types.Options { StreamIdentifier = Identifier("s"), Any = new Empty() } });
        GrpcException failure = await FailureAsync(call.ReadOnlyOneAsync);
        failure.Code.ShouldBe(GrpcStatusCode.DeadlineExceeded);
        failure.Message.ShouldContain("nothing of the request came");
        await ExpectNothingLeftAsync();
    }

    [Fact]
    public async Task Connections_beyond_the_bound_are_closed_and_those_within_it_are_served()
    {
        await ExpectServedAsync();
        List<RawConnection> many = [];
        for (int i = 0; i < 100; i++) many.Add(await RawConnection.OpenAsync(Endpoint.Address));
        await ExpectServedAsync();
        foreach (RawConnection raw in many) raw.Dispose();
        await ExpectServedAsync();
    }

    [Fact]
    public async Task Every_damaged_request_gets_a_status_and_leaves_nothing_behind()
    {
        var share = new TimeShare("requests", 100_000, seconds: 30);
        int[] statuses = new int[17];
        using var client = new HttpClient(new SocketsHttpHandler());
        while (share.HasMore)
        {
            (string Path, byte[] Body)[] requests = [.. Enumerable.Range(0, 64).Select(_ => Damaged(share.Random))];
            int[] answers = await Task.WhenAll(requests.Select(request => StatusOfAsync(client, request.Path, request.Body)));
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i].ShouldBeInRange(0, 16, $"{requests[i].Path} {Convert.ToHexString(requests[i].Body)}, seed {share.Seed}");
                answers[i].ShouldNotBe((int)GrpcStatusCode.Unknown, $"{requests[i].Path} {Convert.ToHexString(requests[i].Body)}, seed {share.Seed}\n{Logged}");
                statuses[answers[i]]++;
            }

            share.Add(requests.Length);
            if (share.Count % 6400 == 0) await ExpectServedAsync();
        }

        await ExpectNothingLeftAsync();
        share.End(string.Join(", ", statuses.Select((count, code) => $"{(GrpcStatusCode)code} {count}").Where(text => !text.EndsWith(" 0", StringComparison.Ordinal))));
        statuses[(int)GrpcStatusCode.Ok].ShouldBeGreaterThan(0);
        statuses[(int)GrpcStatusCode.InvalidArgument].ShouldBeGreaterThan(0);
        statuses[(int)GrpcStatusCode.Internal].ShouldBeGreaterThan(0);
    }

    private static void Repeat(Action add)
    {
        for (int i = 0; i < Flood; i++) add();
    }

    private async Task ExpectServedAsync() => (await AppendAsync("others", null, Proposed("x"))).Success.ShouldNotBeNull();

    private async Task ExpectNothingLeftAsync()
    {
        while (Endpoint.CallsUnderWay > 0) await ExpectServedAsync();
        await ExpectServedAsync();
    }

    private static (string Path, byte[] Body) Damaged(Random random)
    {
        (string path, IMessage[] messages) = random.Next(6) switch
        {
            0 => (ProtocolMethods.Append.Path, Appends()),
            1 => (ProtocolMethods.BatchAppend.Path,
                [BatchAppendCallTests.Append(random.Next(), "fuzz", BatchAppendCallTests.Any, BatchProposed("x"), BatchProposed("yy"))]),
            2 => (ProtocolMethods.Delete.Path, [Deletion()]),
            3 => (ProtocolMethods.Tombstone.Path, [Deletion()]),
            4 => (ProtocolMethods.Read.Path, [ReadOf("fuzz", options => options.Count = 3)]),
            _ => (ProtocolMethods.Read.Path, [ReadOfAll(options =>
            {
                options.Count = 3;
                options.Filter = ReadCallTests.Filter("stream regex ^(fuzz|others)");
            })]),
        };
        List<byte> body = [];
        foreach (IMessage message in messages)
        {
            byte[] bytes = message.ToByteArray();
            if (random.Next(3) > 0) Damage(ref bytes, random);
            body.AddRange([0, (byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes]);
        }

        byte[] all = [.. body];
        if (random.Next(4) == 0) Damage(ref all, random);
        return (path, all);
    }

    private static void Damage(ref byte[] bytes, Random random)
    {
        switch (random.Next(5))
        {
            case 0:
                bytes = bytes[..random.Next(bytes.Length + 1)];
                break;
            case 1:
                byte[] more = new byte[random.Next(1, 40)];
                random.NextBytes(more);
                int at = random.Next(bytes.Length + 1);
                bytes = [.. bytes[..at], .. more, .. bytes[at..]];
                break;
            case 2:
                random.NextBytes(bytes);
                break;
            default:
                for (int i = random.Next(1, 5); i > 0 && bytes.Length > 0; i--) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                break;
        }
    }

    private static IMessage[] Appends() =>
    [
        new AppendReq { Options = new AppendReq.Types.Options { StreamIdentifier = Identifier("fuzz"), Any = new Empty() } },
        new AppendReq { ProposedMessage = Proposed("x") },
    ];

    private static DeleteReq Deletion() =>
        new() { Options = new DeleteReq.Types.Options { StreamIdentifier = Identifier("fuzz-deleted"), Any = new Empty() } };

    private async Task<int> StatusOfAsync(HttpClient client, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Endpoint.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(GrpcFrames.ContentType);
        request.Headers.TryAddWithoutValidation(GrpcTimeout.Header, "2S"); // what became a subscription ends too
        using HttpResponseMessage response = await client.SendAsync(request, Cancel);
        await response.Content.ReadAsByteArrayAsync(Cancel);
        string status = response.TrailingHeaders.TryGetValues(GrpcStatus.CodeHeader, out IEnumerable<string>? values) ? values.Single() : "-1";
        return int.Parse(status, System.Globalization.CultureInfo.InvariantCulture);
    }
}
