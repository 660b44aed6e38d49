using System.Text;

namespace Interstice.Kernel.Expressions.Parsing;

/// <summary>Cuts the text of an expression into words.</summary>
internal sealed class Lexer(string text)
{
    private static readonly (string Word, TokenKind Kind)[] Keywords =
    [
        ("and", TokenKind.And), ("or", TokenKind.Or), ("not", TokenKind.Not), ("in", TokenKind.In),
        ("like", TokenKind.Like), ("between", TokenKind.Between), ("is", TokenKind.Is), ("null", TokenKind.Null),
        ("true", TokenKind.True), ("false", TokenKind.False),
    ];

    // Two characters before one, so that <= is not read as < and =.
    private static readonly (string Word, TokenKind Kind)[] Marks =
    [
        ("<=", TokenKind.LessOrEqual), (">=", TokenKind.GreaterOrEqual), ("<>", TokenKind.NotEqual),
        ("!=", TokenKind.NotEqual), ("=", TokenKind.Equal), ("<", TokenKind.Less), (">", TokenKind.Greater),
        ("+", TokenKind.Plus), ("-", TokenKind.Minus), ("*", TokenKind.Star), ("/", TokenKind.Slash),
        ("%", TokenKind.Percent), ("(", TokenKind.Open), (")", TokenKind.Close), (",", TokenKind.Comma),
        (".", TokenKind.Dot),
    ];

    // What people write who think in another language.
    private static readonly (string Mark, string Instead)[] Foreign =
        [("==", "="), ("&&", "and"), ("||", "or"), ("!", "not")];

    private int _position;

    internal Token Next()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position])) _position++;
        if (_position == text.Length) return new Token(TokenKind.End, _position, _position, "");
        char first = text[_position];
        if (char.IsAsciiLetter(first) || first == '_') return Word();
        if (char.IsAsciiDigit(first)) return Number();
        if (first is '\'' or '"') return Quoted(first);
        foreach ((string mark, string instead) in Foreign)
        {
            if (!StartsWith(mark) || StartsWith("!=")) continue;
            throw Error(ExpressionErrorKind.UnexpectedCharacter, _position, mark.Length, $"write {instead} instead of {mark}");
        }

        foreach ((string mark, TokenKind kind) in Marks)
            if (StartsWith(mark)) return Take(kind, _position + mark.Length);
        int length = char.IsSurrogatePair(text, _position) ? 2 : 1;
        string name = Rune.TryGetRuneAt(text, _position, out Rune rune) && !Rune.IsControl(rune)
            ? $"\"{rune}\"" : $"U+{(int)first:X4}";
        throw Error(ExpressionErrorKind.UnexpectedCharacter, _position, length,
            $"the character {name} begins no word; texts stand in 'single' quotation marks");
    }

    private bool StartsWith(string mark) => text.AsSpan(_position).StartsWith(mark, StringComparison.Ordinal);

    private Token Word()
    {
        int end = _position;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
        ReadOnlySpan<char> word = text.AsSpan(_position, end - _position);
        foreach ((string keyword, TokenKind kind) in Keywords)
            if (word.Equals(keyword, StringComparison.OrdinalIgnoreCase)) return Take(kind, end);
        return Take(TokenKind.Name, end);
    }

    private Token Number()
    {
        int end = Digits(_position);
        bool isDecimal = false;
        if (end < text.Length && text[end] == '.')
        {
            isDecimal = true;
            end = NeededDigits(end + 1, "the decimal point");
        }

        if (end < text.Length && text[end] is 'e' or 'E')
        {
            isDecimal = true;
            int sign = end + 1 < text.Length && text[end + 1] is '+' or '-' ? 1 : 0;
            end = NeededDigits(end + 1 + sign, "the exponent");
        }

        if (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '.'))
            throw Error(ExpressionErrorKind.InvalidNumber, end, 1, $"\"{text[end]}\" may not follow a number");
        return Take(isDecimal ? TokenKind.Decimal : TokenKind.Integer, end);
    }

    private int Digits(int position)
    {
        while (position < text.Length && char.IsAsciiDigit(text[position])) position++;
        return position;
    }

    private int NeededDigits(int position, string after)
    {
        int end = Digits(position);
        if (end > position) return end;
        throw Error(ExpressionErrorKind.InvalidNumber, _position, position - _position, $"a digit must follow {after}");
    }

    private Token Quoted(char mark)
    {
        var content = new StringBuilder();
        int position = _position + 1;
        while (true)
        {
            int end = text.IndexOf(mark, position);
            if (end < 0)
            {
                throw Error(ExpressionErrorKind.Unterminated, _position, text.Length - _position,
                    $"the quotation mark {mark} at the end is missing");
            }

            content.Append(text, position, end - position);
            position = end + 1;
            if (position >= text.Length || text[position] != mark) break;
            content.Append(mark);
            position++;
        }

        return new Token(mark == '"' ? TokenKind.QuotedName : TokenKind.Text, Move(position), position, content.ToString());
    }

    private Token Take(TokenKind kind, int end)
    {
        string value = text[_position..end];
        return new Token(kind, Move(end), end, value);
    }

    private int Move(int end)
    {
        int start = _position;
        _position = end;
        return start;
    }

    private ExpressionException Error(ExpressionErrorKind kind, int offset, int length, string problem) =>
        new(kind, text, offset, length, problem);
}
