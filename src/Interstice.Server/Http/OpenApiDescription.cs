using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Interstice.Server.Http;

/// <summary>What stands in the OpenAPI document beside the routes.</summary>
internal static class OpenApiDescription
{
    private const string Scheme = "apiKey";

    /// <summary>Adds title, version and how callers prove themselves.</summary>
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Interstice",
            Version = "v1",
            Description = "Modules of an Interstice host: calls, queries, rows, schemas and the log. docs/http-api.md says more.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key of the host. A host that listens on loopback alone may have none.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    });
}
