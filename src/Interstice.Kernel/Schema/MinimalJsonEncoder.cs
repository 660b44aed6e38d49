using System.Text;
using System.Text.Encodings.Web;

namespace Interstice.Kernel.Schema;

/// <summary>Escapes in JSON strings what JSON demands, the quotation mark, the backslash and control characters, and
/// nothing else. The encoders of the library follow Unicode's tables, which change between versions.</summary>
internal sealed unsafe class MinimalJsonEncoder : JavaScriptEncoder
{
    internal static readonly MinimalJsonEncoder Instance = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => 6;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < 0x20 or '"' or '\\';

    /// <inheritdoc/>
    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        for (int i = 0; i < span.Length; i++)
        {
            if (char.IsHighSurrogate(span[i]) && i + 1 < span.Length && char.IsLowSurrogate(span[i + 1])) i++;
            else if (WillEncode(span[i]) || char.IsSurrogate(span[i])) return i;
        }

        return -1;
    }

    /// <inheritdoc/>
    public override bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var destination = new Span<char>(buffer, bufferLength);
        string text = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < 0x20 => $"\\u{unicodeScalar:x4}",
            _ => new Rune(unicodeScalar).ToString(),
        };
        bool fits = text.TryCopyTo(destination);
        numberOfCharactersWritten = fits ? text.Length : 0;
        return fits;
    }
}
