using System.Net;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.Server.EventStoreDb;
using Interstice.TestKit;
using Microsoft.Extensions.Logging;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>An endpoint over a journal, and a connection to it that sends what a test makes.</summary>
public abstract class EndpointFixture : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly LogLines _log = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Settings of the endpoint.</summary>
    protected virtual EndpointOptions Options => new();

    protected IEventStore Store { get; private set; } = null!;

    private protected EventStoreDbEndpoint Endpoint { get; private set; } = null!;

    /// <summary>What the endpoint has logged of warnings and errors.</summary>
    protected string Logged => _log.ToString();

    private protected GrpcConnection Connection { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Store = Wrap(await JournalStore.OpenAsync(new JournalOptions { Directory = _directory.Path }, cancellationToken: Cancel));
        Endpoint = await EventStoreDbEndpoint.StartAsync(Store, new IPEndPoint(IPAddress.Loopback, 0), Options, logging => logging.AddProvider(_log), Cancel);
        Connection = new GrpcConnection(Endpoint.Address, new SocketsHttpHandler());
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        await Endpoint.DisposeAsync();
        await Store.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Puts something between endpoint and journal.</summary>
    protected virtual IEventStore Wrap(IEventStore journal) => journal;

    protected static StreamIdentifier Identifier(string stream) => new() { StreamName = ByteString.CopyFromUtf8(stream) };

    protected static UUID NewId() => new() { String = Guid.NewGuid().ToString() };

    protected static AppendReq.Types.ProposedMessage Proposed(string data, string type = "Happened") => new()
    {
        Id = NewId(),
        Data = ByteString.CopyFromUtf8(data),
        Metadata = { ["type"] = type, ["content-type"] = "application/octet-stream" },
    };

    protected static BatchAppendReq.Types.ProposedMessage BatchProposed(string data, string type = "Happened") => new()
    {
        Id = NewId(),
        Data = ByteString.CopyFromUtf8(data),
        Metadata = { ["type"] = type, ["content-type"] = "application/octet-stream" },
    };

    /// <summary>Appends by Streams/Append, under whatever <paramref name="expect"/> sets; none for any.</summary>
    protected async Task<AppendResp> AppendAsync(
        string stream, Action<AppendReq.Types.Options>? expect, params AppendReq.Types.ProposedMessage[] events)
    {
        var options = new AppendReq.Types.Options { StreamIdentifier = Identifier(stream) };
        if (expect is null) options.Any = new Empty();
        else expect(options);
        using GrpcCall<AppendReq, AppendResp> call = Connection.Start(ProtocolMethods.Append, GrpcCallOptions.None, Cancel);
        call.Add(new AppendReq { Options = options });
        foreach (AppendReq.Types.ProposedMessage proposed in events) call.Add(new AppendReq { ProposedMessage = proposed });
        await call.FlushAsync();
        call.CompleteRequests();
        return await call.ReadOnlyOneAsync();
    }

    /// <summary>Appends events whose data is 0, 1, 2 and so on.</summary>
    protected Task<AppendResp> AppendNumbersAsync(string stream, int count) =>
        AppendAsync(stream, null, [.. Enumerable.Range(0, count).Select(i => Proposed($"{i}"))]);

    /// <summary>A request to read a stream, forwards from its start.</summary>
    protected static ReadReq ReadOf(string stream, Action<ReadReq.Types.Options>? change = null)
    {
        var options = new ReadReq.Types.Options
        {
            Stream = new ReadReq.Types.Options.Types.StreamOptions { StreamIdentifier = Identifier(stream), Start = new Empty() },
            Count = long.MaxValue,
            NoFilter = new Empty(),
            UuidOption = new ReadReq.Types.Options.Types.UUIDOption { Structured = new Empty() },
        };
        change?.Invoke(options);
        return new ReadReq { Options = options };
    }

    /// <summary>A request to read all, forwards from the start.</summary>
    protected static ReadReq ReadOfAll(Action<ReadReq.Types.Options>? change = null) => ReadOf("none", options =>
    {
        options.All = new ReadReq.Types.Options.Types.AllOptions { Start = new Empty() };
        change?.Invoke(options);
    });

    /// <summary>Everything that a read answers.</summary>
    protected async Task<List<ReadResp>> ReadAsync(ReadReq request)
    {
        using GrpcCall<ReadReq, ReadResp> call = await BeginAsync(request);
        List<ReadResp> responses = [];
        while (await call.ReadAsync() is { } response) responses.Add(response);
        return responses;
    }

    /// <summary>The data of the events of a read.</summary>
    protected async Task<string[]> TextsAsync(ReadReq request) =>
        [.. (await ReadAsync(request)).Where(response => response.Event is not null).Select(TextOf)];

    protected static string TextOf(ReadResp response) => response.Event.Event.Data.ToStringUtf8();

    /// <summary>Begins a read.</summary>
    protected async Task<GrpcCall<ReadReq, ReadResp>> BeginAsync(ReadReq request)
    {
        GrpcCall<ReadReq, ReadResp> call = Connection.Start(ProtocolMethods.Read, GrpcCallOptions.None, Cancel);
        await call.WriteAsync(request);
        call.CompleteRequests();
        return call;
    }

    /// <summary>How a call fails.</summary>
    protected static Task<GrpcException> FailureAsync(Func<Task> call) => Should.ThrowAsync<GrpcException>(call);
}
