using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Interstice.Cli.Output;

/// <summary>JSON documents as YAML. A string that any reader of YAML 1.1 or 1.2 could take for something else is
/// quoted.</summary>
internal static partial class YamlText
{
    private static readonly EmitterSettings Settings = new EmitterSettings()
        .WithBestWidth(int.MaxValue)
        .WithIndentedSequences();

    /// <summary>Renders a JSON document, ending with a line break.</summary>
    /// <param name="json">One value in UTF-8.</param>
    /// <param name="asItem">Whether it is rendered as the only item of a block sequence: the texts of several items,
    /// one behind the other, are the sequence of all of them.</param>
    public static string Render(ReadOnlySpan<byte> json, bool asItem)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        if (asItem) emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, SequenceStyle.Block));
        var reader = new Utf8JsonReader(json);
        while (reader.Read()) Emit(emitter, ref reader);
        if (asItem) emitter.Emit(new SequenceEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, MappingStyle.Block));
                break;
            case JsonTokenType.EndObject:
                emitter.Emit(new MappingEnd());
                break;
            case JsonTokenType.StartArray:
                // Rows of scalars read best on one line; whatever holds objects is a block.
                SequenceStyle style = HoldsObjects(reader) ? SequenceStyle.Block : SequenceStyle.Flow;
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, style));
                break;
            case JsonTokenType.EndArray:
                emitter.Emit(new SequenceEnd());
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                string value = reader.GetString()!;
                EmitScalar(emitter, value, IsUnmistakable(value) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted);
                break;
            case JsonTokenType.Null:
                EmitScalar(emitter, "null", ScalarStyle.Plain);
                break;
            default:
                EmitScalar(
                    emitter,
                    System.Text.Encoding.UTF8.GetString(reader.ValueSpan).ToLowerInvariant(),
                    ScalarStyle.Plain);
                break;
        }
    }

    private static void EmitScalar(Emitter emitter, string value, ScalarStyle style) => emitter.Emit(
        new Scalar(
            AnchorName.Empty,
            TagName.Empty,
            value,
            style,
            style == ScalarStyle.Plain,
            style != ScalarStyle.Plain));

    // The reader is a copy: looking ahead does not move the caller's.
    private static bool HoldsObjects(Utf8JsonReader reader)
    {
        int depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
            if (reader.TokenType == JsonTokenType.StartObject) return true;
        return false;
    }

    private static bool IsUnmistakable(string text) => Word().IsMatch(text) && !Reserved().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z_](?:[A-Za-z0-9_./-]|(?<! ) (?! |\z))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(
        @"\A(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
