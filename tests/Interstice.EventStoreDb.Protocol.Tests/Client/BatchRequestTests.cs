using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using EventStore.Client;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.EventStoreDb.Protocol.Tests.Grpc;
using Microsoft.AspNetCore.Http;

namespace Interstice.EventStoreDb.Protocol.Tests.Client;

// Goal: requests of batch appends, which are written without the generated messages, are byte for byte what those write. Method: a server reads
// each with the generated messages and writes it again.
public sealed class BatchRequestTests
{
    private readonly int _seed = Random.Shared.Next();
    private readonly ConcurrentQueue<(byte[] Sent, BatchAppendReq Read)> _requests = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_the_bytes_of_the_generated_messages()
    {
        var random = new Random(_seed);
        await using GrpcServer server = await GrpcServer.StartAsync(AnswerAsync);
        await using var client = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{server.Address.Authority}?tls=false"));
        for (int append = 0; append < 50; append++)
        {
            EventData[] events = [.. Enumerable.Range(0, random.Next(12)).Select(_ => EventOf(random))];
            _requests.Clear();

            await client.AppendToStreamAsync(
                "stream", StreamState.Any, events, options => options.BatchAppendSize = random.Next(1, 3000), cancellationToken: Cancel);

            _requests.Count.ShouldBeGreaterThan(0);
            foreach ((byte[] sent, BatchAppendReq read) in _requests) sent.ShouldBe(read.ToByteArray(), $"seed {_seed}, append {append}");
            ExpectEvents([.. _requests.SelectMany(request => request.Read.ProposedMessages)], events);
            _requests.Select(request => request.Read.Options is not null).ShouldBe(_requests.Select((_, chunk) => chunk == 0), $"seed {_seed}");
            _requests.Select(request => request.Read.IsFinal).ShouldBe(_requests.Select((_, chunk) => chunk == _requests.Count - 1), $"seed {_seed}");
        }
    }

    private void ExpectEvents(BatchAppendReq.Types.ProposedMessage[] read, EventData[] events)
    {
        read.Length.ShouldBe(events.Length);
        for (int i = 0; i < events.Length; i++)
        {
            UUID.Types.Structured id = read[i].Id.Structured;
            Uuid.FromInt64(id.MostSignificantBits, id.LeastSignificantBits).ShouldBe(events[i].EventId, $"seed {_seed}");
            read[i].Metadata.ShouldBe(new Dictionary<string, string> { ["type"] = events[i].Type, ["content-type"] = events[i].ContentType });
            read[i].Data.ToByteArray().ShouldBe(events[i].Data.ToArray());
            read[i].CustomMetadata.ToByteArray().ShouldBe(events[i].Metadata.ToArray());
        }
    }

    // Ids with an empty half, names with characters of several bytes, and payloads whose lengths need one byte, two and three.
    private static EventData EventOf(Random random)
    {
        Uuid id = random.Next(4) switch
        {
            0 => Uuid.FromInt64(0, random.NextInt64(1, 300)),
            1 => Uuid.FromInt64(random.NextInt64(), 0),
            _ => Uuid.NewUuid(),
        };
        string type = new([.. Enumerable.Range(0, random.Next(1, 150)).Select(_ => "aZ\u00e9\u20ac"[random.Next(4)])]);
        byte[] data = new byte[random.Next(4) == 0 ? 0 : 1 << random.Next(16)];
        byte[] metadata = new byte[random.Next(4) == 0 ? 0 : random.Next(200)];
        random.NextBytes(data);
        random.NextBytes(metadata);
        return new EventData(id, type, data, metadata, random.Next(2) == 0 ? "application/json" : "application/octet-stream");
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.ContentType = GrpcFrames.ContentType;
        if (context.Request.Path.Value!.EndsWith("/GetSupportedMethods", StringComparison.Ordinal)) Send(context, Supported());
        else while (await ReadAsync(context.Request.BodyReader, context.RequestAborted) is { } request) await TakeAsync(context, request);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task TakeAsync(HttpContext context, byte[] request)
    {
        BatchAppendReq read = BatchAppendReq.Parser.ParseFrom(request);
        _requests.Enqueue((request, read));
        if (!read.IsFinal) return;
        Send(context, new BatchAppendResp
        {
            CorrelationId = read.CorrelationId,
            Success = new BatchAppendResp.Types.Success { CurrentRevision = 1 },
        });
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static SupportedMethods Supported() => new()
    {
        Methods = { new SupportedMethod { ServiceName = ProtocolMethods.Streams.ToLowerInvariant(), MethodName = "batchappend", Features = { "deadline_duration" } } },
    };

    private static void Send(HttpContext context, IMessage message) => GrpcFrames.Write(message, context.Response.BodyWriter);

    private static async Task<byte[]?> ReadAsync(PipeReader reader, CancellationToken ended)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(ended);
            if (TryTake(result.Buffer, out byte[] message))
            {
                reader.AdvanceTo(result.Buffer.GetPosition(GrpcFrames.PrefixBytes + message.Length));
                return message;
            }

            if (result.IsCompleted) return null;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool TryTake(ReadOnlySequence<byte> buffer, out byte[] message)
    {
        message = [];
        if (buffer.Length < GrpcFrames.PrefixBytes) return false;
        byte[] prefix = buffer.Slice(0, GrpcFrames.PrefixBytes).ToArray();
        int length = BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1));
        if (buffer.Length < GrpcFrames.PrefixBytes + length) return false;
        message = buffer.Slice(GrpcFrames.PrefixBytes, length).ToArray();
        return true;
    }
}
