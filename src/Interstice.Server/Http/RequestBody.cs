using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Interstice.Server.Http;

/// <summary>Reads bodies of requests, bounded.</summary>
internal static class RequestBody
{
    private const int PartBytes = 64 * 1024;

    /// <summary>Reads the whole body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mediaType">What its type must be. A page of the web cannot send these types elsewhere unasked.</param>
    /// <param name="bytesMax">Most bytes.</param>
    /// <exception cref="ProblemException">It is of another type, or too large.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, string mediaType, int bytesMax)
    {
        bool isOfType = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && string.Equals(type.MediaType.Value, mediaType, StringComparison.OrdinalIgnoreCase);
        if (!isOfType)
        {
            string found = request.ContentType is { Length: > 0 } given ? given : "none";
            throw new ProblemException(ProblemKind.MediaType, $"expected a body of type {mediaType}, found {found}; set Content-Type");
        }

        if (request.ContentLength > bytesMax) throw TooLarge(bytesMax);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = (long)bytesMax + 1;
        var body = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? PartBytes) + 1);
        while (true)
        {
            Memory<byte> room = body.GetMemory(PartBytes);
            int read = await request.Body.ReadAsync(room, request.HttpContext.RequestAborted).ConfigureAwait(false);
            if (read == 0) return body.WrittenSpan.ToArray();
            body.Advance(read);
            if (body.WrittenCount > bytesMax) throw TooLarge(bytesMax);
        }
    }

    /// <summary>Reads arguments: a JSON array in the order of the parameters, or an object with their names.</summary>
    /// <returns>The canonical encoding.</returns>
    /// <exception cref="ProblemException">The body is no JSON, or does not fit the parameters.</exception>
    public static async Task<byte[]> ReadArgumentsAsync(HttpRequest request, string name, RowCodec parameters, int bytesMax)
    {
        byte[] body = await ReadAsync(request, JsonAnswer.Json, bytesMax).ConfigureAwait(false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, ValueLimits.Json);
            var encoded = new ArrayBufferWriter<byte>();
            return JsonValues.TryReadArguments(document.RootElement, parameters, encoded, out ValueError error)
                ? encoded.WrittenSpan.ToArray()
                : throw new ProblemException(ProblemKind.BadArguments, $"{name}: {error.Message}");
        }
        catch (JsonException fault)
        {
            throw new ProblemException(
                ProblemKind.BadRequest,
                $"{name}: the body is no JSON ({fault.Message}); send the arguments as a JSON array in the order of the parameters",
                fault);
        }
    }

    private static ProblemException TooLarge(int bytesMax) =>
        new(ProblemKind.TooLarge, $"the body has more than the {bytesMax} bytes that are allowed");
}
