using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Google.Protobuf;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Microsoft.AspNetCore.Http;

namespace Interstice.EventStoreDb.Protocol.Tests.Grpc;

/// <summary>The server's side of one call.</summary>
internal sealed class ServerCall
{
    internal ServerCall(HttpContext context)
    {
        Context = context;
        context.Response.ContentType = GrpcFrames.ContentType;
    }

    internal HttpContext Context { get; }

    /// <summary>The next request, or null behind the last one.</summary>
    internal async Task<string?> ReadAsync()
    {
        while (true)
        {
            ReadResult result = await Context.Request.BodyReader.ReadAsync(Context.RequestAborted);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isWhole = GrpcFrames.TryRead(ref buffer, StreamIdentifier.Parser, out StreamIdentifier message);
            Context.Request.BodyReader.AdvanceTo(buffer.Start, isWhole ? buffer.Start : buffer.End);
            if (isWhole) return message.StreamName.ToStringUtf8();
            if (result.IsCompleted) return null;
        }
    }

    /// <summary>Sends a response.</summary>
    internal Task WriteAsync(string text)
    {
        GrpcFrames.Write(Message(text), Context.Response.BodyWriter);
        return Context.Response.BodyWriter.FlushAsync(Context.RequestAborted).AsTask();
    }

    /// <summary>Sends bytes as they are.</summary>
    internal Task WriteRawAsync(params byte[] bytes) => Context.Response.BodyWriter.WriteAsync(bytes).AsTask();

    /// <summary>Ends the call with a status.</summary>
    internal void End(int code, string? message = null)
    {
        Context.Response.AppendTrailer(GrpcStatus.CodeHeader, code.ToString(CultureInfo.InvariantCulture));
        if (message is not null) Context.Response.AppendTrailer(GrpcStatus.MessageHeader, message);
    }

    internal static StreamIdentifier Message(string text) => new() { StreamName = ByteString.CopyFromUtf8(text) };
}
