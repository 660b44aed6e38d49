using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Http;

/// <summary>An answer that says what was wrong, as RFC 9457 has it.</summary>
/// <param name="kind">What was wrong.</param>
/// <param name="detail">What was wrong, where, and what to do.</param>
/// <param name="extensions">Writes further members; null for none.</param>
/// <param name="ownerUrl">Where the same request may succeed; null where that is not known.</param>
internal sealed class Problem(
    ProblemKind kind, string detail, Action<Utf8JsonWriter>? extensions = null, string? ownerUrl = null) : IResult
{
    /// <summary>Media type of a problem.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>What was wrong.</summary>
    public ProblemKind Kind { get; } = kind;

    /// <summary>What was wrong, where, and what to do.</summary>
    public string Detail { get; } = detail;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        HttpResponse response = httpContext.Response;
        if (Kind.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = $"{seconds}";
        if (ownerUrl is not null) response.Headers[OwnerDocument.Header] = ownerUrl;
        if (Kind == ProblemKind.Unauthenticated) response.Headers.WWWAuthenticate = "Bearer";
        return new JsonAnswer(Write, Kind.Status, ContentType).ExecuteAsync(httpContext);
    }

    /// <summary>Writes it as an object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", Kind.Type);
        json.WriteString("title", Kind.Title);
        json.WriteNumber("status", Kind.Status);
        json.WriteString("detail", Detail);
        extensions?.Invoke(json);
        json.WriteEndObject();
    }
}
