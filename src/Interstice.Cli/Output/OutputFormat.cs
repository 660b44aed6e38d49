namespace Interstice.Cli.Output;

/// <summary>How results are written.</summary>
internal enum OutputFormat
{
    /// <summary>For people; may change with any version.</summary>
    Text,

    /// <summary>One JSON document: an object, or an array with one line an item.</summary>
    Json,

    /// <summary>One YAML document.</summary>
    Yaml,

    /// <summary>One JSON object a line.</summary>
    Ndjson,
}
