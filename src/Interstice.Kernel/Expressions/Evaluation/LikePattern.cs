using System.Text;

namespace Interstice.Kernel.Expressions.Evaluation;

/// <summary>A pattern of <c>like</c>: <c>%</c> for any characters, <c>_</c> for one, a backslash before either or itself.</summary>
/// <remarks>The bytes before the first wildcard are compared at once. The rest runs as a set of states over the bytes of the text, one
/// bit for each element matched so far (Baeza-Yates and Gonnet, "A new approach to text searching", 1992), so that no text and no
/// pattern makes it go back: time is proportional to the text times the words of the set.
/// <c>_</c> takes the first byte of a character, and the state after it stays on the bytes that continue the character.</remarks>
internal sealed class LikePattern
{
    private const int WordBits = 64;

    private readonly byte[] _prefix;
    private readonly int _elements;
    private readonly int _words;
    private readonly bool _hasWildcard;
    private readonly ulong[] _advance;
    private readonly ulong[] _stayAlways;
    private readonly ulong[] _stayInCharacter;

    private LikePattern(byte[] prefix, List<LikeElement> rest)
    {
        _prefix = prefix;
        _hasWildcard = rest.Count > 0;
        _elements = rest.Count(element => element.Kind != LikeElementKind.Any);
        _words = (_elements / WordBits) + 1;
        _advance = new ulong[256 * _words];
        _stayAlways = new ulong[_words];
        _stayInCharacter = new ulong[_words];
        int state = 0;
        foreach (LikeElement element in rest)
        {
            if (element.Kind == LikeElementKind.Any)
            {
                Set(_stayAlways, state);
                continue;
            }

            state++;
            if (element.Kind == LikeElementKind.Character) Set(_stayInCharacter, state);
            for (int value = 0; value < 256; value++)
            {
                bool isTaken = element.Kind == LikeElementKind.Byte ? value == element.Value : !Continues((byte)value);
                if (isTaken) Set(_advance.AsSpan(value * _words, _words), state);
            }
        }
    }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="problem">What is wrong with it, when it is not compiled.</param>
    internal static LikePattern? TryParse(string text, out string problem)
    {
        problem = "";
        var prefix = new List<byte>();
        var rest = new List<LikeElement>();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > ExpressionLimits.PatternBytesMax)
        {
            problem = $"a pattern has at most {ExpressionLimits.PatternBytesMax} bytes, this one has {bytes.Length}";
            return null;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'%':
                    if (rest.Count == 0 || rest[^1].Kind != LikeElementKind.Any) rest.Add(new LikeElement(LikeElementKind.Any, 0));
                    continue;
                case (byte)'_':
                    rest.Add(new LikeElement(LikeElementKind.Character, 0));
                    continue;
                case (byte)'\\':
                    i++;
                    if (i < bytes.Length && bytes[i] is (byte)'%' or (byte)'_' or (byte)'\\') break;
                    problem = @"a backslash in a pattern must stand before %, _ or another backslash";
                    return null;
            }

            if (rest.Count == 0) prefix.Add(bytes[i]);
            else rest.Add(new LikeElement(LikeElementKind.Byte, bytes[i]));
        }

        return new LikePattern([.. prefix], rest);
    }

    /// <summary>Whether a text matches as a whole.</summary>
    /// <param name="text">Well-formed UTF-8.</param>
    internal bool Matches(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(_prefix)) return false;
        text = text[_prefix.Length..];
        if (!_hasWildcard) return text.IsEmpty;
        return _words == 1 ? MatchesShort(text) : MatchesLong(text);
    }

    private bool MatchesShort(ReadOnlySpan<byte> text)
    {
        ulong states = 1;
        ulong end = 1UL << _elements;
        ulong stay = _stayAlways[0];
        ulong stayInCharacter = stay | _stayInCharacter[0];
        if ((end & stay & states) != 0) return true;
        foreach (byte value in text)
        {
            states = ((states << 1) & _advance[value]) | (states & (Continues(value) ? stayInCharacter : stay));
            if (states == 0) return false;
            if ((states & end & stay) != 0) return true;
        }

        return (states & end) != 0;
    }

    private bool MatchesLong(ReadOnlySpan<byte> text)
    {
        Span<ulong> states = stackalloc ulong[(ExpressionLimits.PatternBytesMax / WordBits) + 1];
        states = states[.._words];
        states.Clear();
        states[0] = 1;
        foreach (byte value in text)
        {
            ReadOnlySpan<ulong> advance = _advance.AsSpan(value * _words, _words);
            bool isContinued = Continues(value);
            ulong carry = 0;
            ulong any = 0;
            for (int i = 0; i < states.Length; i++)
            {
                ulong current = states[i];
                ulong stay = isContinued ? _stayAlways[i] | _stayInCharacter[i] : _stayAlways[i];
                states[i] = (((current << 1) | carry) & advance[i]) | (current & stay);
                carry = current >> (WordBits - 1);
                any |= states[i];
            }

            if (any == 0) return false;
        }

        return ((states[_elements / WordBits] >> (_elements % WordBits)) & 1) != 0;
    }

    /// <summary>Whether a byte of UTF-8 continues a character.</summary>
    private static bool Continues(byte value) => (value & 0xC0) == 0x80;

    private static void Set(Span<ulong> set, int state) => set[state / WordBits] |= 1UL << (state % WordBits);

    private enum LikeElementKind
    {
        Byte,
        Character,
        Any,
    }

    private readonly record struct LikeElement(LikeElementKind Kind, byte Value);
}
