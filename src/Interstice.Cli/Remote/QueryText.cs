namespace Interstice.Cli.Remote;

/// <summary>Parameters of a URL.</summary>
internal static class QueryText
{
    /// <summary>The text behind the path, <c>?</c> included; empty without parameters.</summary>
    /// <param name="parameters">Names and values; those with null are left out.</param>
    public static string Of(params IEnumerable<(string Name, string? Value)> parameters)
    {
        string[] given = [.. parameters.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}")];
        return given.Length == 0 ? "" : $"?{string.Join('&', given)}";
    }
}
