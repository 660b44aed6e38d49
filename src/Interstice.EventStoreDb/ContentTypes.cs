namespace Interstice.EventStoreDb;

/// <summary>Content types of events.</summary>
internal static class ContentTypes
{
    internal const string Json = "application/json";
    private const string Bytes = "application/octet-stream";

    internal static string Of(bool isJson) => isJson ? Json : Bytes;
}
