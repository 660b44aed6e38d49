namespace Interstice.Kernel.Events;

/// <summary>Names of the streams that Interstice writes.</summary>
public static class StreamNames
{
    private const string ModulePrefix = "interstice-";
    private const string CodePrefix = "interstice_code-";
    private const string OwnerPrefix = "interstice_owner-";

    /// <summary>The list of modules.</summary>
    public static readonly StreamName Modules = new("interstice_modules");

    /// <summary>Everything that changed one module's tables.</summary>
    /// <param name="module">Name of the module.</param>
    public static StreamName Module(string module) => new(ModulePrefix + module);

    /// <summary>The bytes of one build.</summary>
    /// <param name="hash">SHA-256 of the bytes.</param>
    public static StreamName Code(CodeHash hash) => new(CodePrefix + hash);

    /// <summary>Heartbeats of the owner of an execution group.</summary>
    /// <param name="group">Name of the group.</param>
    public static StreamName Owner(string group) => new(OwnerPrefix + group);

    /// <summary>Whether a stream is one that Interstice writes, which replay reads from its first event on.</summary>
    /// <param name="stream">A stream.</param>
    public static bool IsReplayed(StreamName stream) => stream == Modules
        || stream.Value.StartsWith(ModulePrefix, StringComparison.Ordinal)
        || stream.Value.StartsWith(CodePrefix, StringComparison.Ordinal);

    /// <summary>The module whose stream this is, or null for any other stream.</summary>
    /// <param name="stream">A stream.</param>
    public static string? ModuleOf(StreamName stream) =>
        stream.Value.StartsWith(ModulePrefix, StringComparison.Ordinal) ? stream.Value[ModulePrefix.Length..] : null;
}
