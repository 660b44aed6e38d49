using System.Text.Json;
using Interstice.Host.Inspection;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>An answer of one JSON value that fits in memory.</summary>
/// <param name="write">Writes the value.</param>
/// <param name="status">HTTP status.</param>
/// <param name="contentType">Media type.</param>
internal sealed class JsonAnswer(
    Action<Utf8JsonWriter> write,
    int status = StatusCodes.Status200OK,
    string contentType = JsonAnswer.Json) : IResult
{
    /// <summary>Media type of JSON.</summary>
    public const string Json = "application/json";

    /// <summary>Media type of one JSON value a line.</summary>
    public const string Lines = "application/x-ndjson";

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var buffer = new JsonBuffer(isIndented: false);
        ReadOnlyMemory<byte> bytes = buffer.Build(write);
        HttpResponse response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(bytes, httpContext.RequestAborted).ConfigureAwait(false);
    }
}
