using System.Collections.Immutable;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Expressions.Parsing;

/// <summary>Reads an expression by recursive descent; one method for each level of binding strength, loosest first.</summary>
internal sealed class Parser
{
    private readonly string _text;
    private readonly Lexer _lexer;
    private Token _token;
    private int _depth;

    private Parser(string text)
    {
        _text = text;
        _lexer = new Lexer(text);
        _token = _lexer.Next();
    }

    internal static Syntax Parse(string text)
    {
        if (text.Length > ExpressionLimits.LengthMax)
        {
            throw new ExpressionException(ExpressionErrorKind.TooLong, text, ExpressionLimits.LengthMax,
                text.Length - ExpressionLimits.LengthMax,
                $"an expression has at most {ExpressionLimits.LengthMax} characters, this one has {text.Length}");
        }

        var parser = new Parser(text);
        if (parser._token.Kind == TokenKind.End)
            throw parser.Error(ExpressionErrorKind.Empty, "the expression is empty; write a condition such as id = 1");
        Syntax syntax = parser.Disjunction();
        if (parser._token.Kind != TokenKind.End) throw parser.Unexpected("and, or, or the end");
        return syntax;
    }

    private Syntax Disjunction() => Logic(TokenKind.Or, Conjunction);

    private Syntax Conjunction() => Logic(TokenKind.And, Inversion);

    private Syntax Logic(TokenKind word, Func<Syntax> part)
    {
        Syntax first = part();
        if (_token.Kind != word) return first;
        ImmutableArray<Syntax>.Builder parts = ImmutableArray.CreateBuilder<Syntax>();
        parts.Add(first);
        while (TryTake(word)) parts.Add(part());
        return Check(new LogicSyntax(word == TokenKind.And, parts.ToImmutable()));
    }

    private Syntax Inversion()
    {
        int start = _token.Start;
        if (!TryTake(TokenKind.Not)) return Predicate();
        Enter();
        Syntax operand = Inversion();
        _depth--;
        return Check(new NotSyntax(start, operand));
    }

    private Syntax Predicate()
    {
        Syntax operand = Sum();
        if (IsComparison(_token.Kind))
        {
            Token comparison = Take();
            Syntax syntax = Check(new ComparisonSyntax(comparison, operand, Sum()));
            if (!IsComparison(_token.Kind)) return syntax;
            throw Error(ExpressionErrorKind.UnexpectedWord,
                "comparisons do not chain; join two with and: 1 < x and x < 5");
        }

        if (TryTake(TokenKind.Is))
        {
            bool isNot = TryTake(TokenKind.Not);
            return Check(new NullTestSyntax(Expect(TokenKind.Null, "null").End, operand, isNot));
        }

        bool isNegated = TryTake(TokenKind.Not);
        return _token.Kind switch
        {
            TokenKind.In => Membership(operand, isNegated),
            TokenKind.Between => Range(operand, isNegated),
            TokenKind.Like => Like(operand, isNegated),
            _ => isNegated ? throw Unexpected("in, like or between after not") : operand,
        };
    }

    private Syntax Membership(Syntax operand, bool isNegated)
    {
        Take();
        Expect(TokenKind.Open, "( and a list of values");
        ImmutableArray<Syntax>.Builder items = ImmutableArray.CreateBuilder<Syntax>();
        do items.Add(Sum());
        while (TryTake(TokenKind.Comma));
        int end = Expect(TokenKind.Close, ", or )").End;
        return Check(new MembershipSyntax(end, operand, items.ToImmutable(), isNegated));
    }

    private Syntax Range(Syntax operand, bool isNegated)
    {
        Take();
        Syntax lower = Sum();
        Expect(TokenKind.And, "and with the upper bound");
        return Check(new RangeSyntax(operand, lower, Sum(), isNegated));
    }

    private Syntax Like(Syntax operand, bool isNegated)
    {
        Take();
        Token pattern = Expect(TokenKind.Text, "a pattern in quotation marks, such as 'a%'");
        return Check(new LikeSyntax(operand, new TextSyntax(pattern.Start, pattern.End, pattern.Value), isNegated));
    }

    private Syntax Sum()
    {
        Syntax left = Product();
        while (_token.Kind is TokenKind.Plus or TokenKind.Minus)
            left = Check(new ArithmeticSyntax(Take(), left, Product()));
        return left;
    }

    private Syntax Product()
    {
        Syntax left = Signed();
        while (_token.Kind is TokenKind.Star or TokenKind.Slash or TokenKind.Percent)
            left = Check(new ArithmeticSyntax(Take(), left, Signed()));
        return left;
    }

    private Syntax Signed()
    {
        int start = _token.Start;
        if (!TryTake(TokenKind.Minus)) return Operand();
        if (_token.Kind is TokenKind.Integer or TokenKind.Decimal) return Number(start, true);
        Enter();
        Syntax operand = Signed();
        _depth--;
        return Check(new NegationSyntax(start, operand));
    }

    private Syntax Operand()
    {
        switch (_token.Kind)
        {
            case TokenKind.Integer or TokenKind.Decimal:
                return Number(_token.Start, false);
            case TokenKind.Text:
                return Text();
            case TokenKind.True or TokenKind.False:
                Token word = Take();
                return new BooleanSyntax(word.Start, word.End, word.Kind == TokenKind.True);
            case TokenKind.Name or TokenKind.QuotedName:
                return Name();
            case TokenKind.Open:
                return Group();
            case TokenKind.Null:
                throw Error(ExpressionErrorKind.NullLiteral, "null is no value to compare or compute with; write: x is null");
            default:
                throw Unexpected("a column or a value");
        }
    }

    private NumberSyntax Number(int start, bool isNegative)
    {
        Token token = Take();
        return new NumberSyntax(start, token.End, token.Kind == TokenKind.Decimal, isNegative, token.Value);
    }

    private TextSyntax Text()
    {
        Token token = Take();
        return new TextSyntax(token.Start, token.End, token.Value);
    }

    private Syntax Name()
    {
        Token first = Take();
        if (first.Kind == TokenKind.Name && _token.Kind == TokenKind.Text) return TypedText(first);
        ImmutableArray<Token>.Builder parts = ImmutableArray.CreateBuilder<Token>();
        parts.Add(first);
        while (TryTake(TokenKind.Dot))
        {
            // After a dot every word is a name, so that fields may be called "in".
            bool isName = _token.Kind is TokenKind.Name or TokenKind.QuotedName or (>= TokenKind.And and <= TokenKind.False);
            if (!isName) throw Unexpected("the name of a field");
            parts.Add(Take());
        }

        return new NameSyntax(parts.ToImmutable());
    }

    private TypedTextSyntax TypedText(Token type)
    {
        if (ScalarType.Find(type.Value) is not null) return new TypedTextSyntax(type, Text());
        throw new ExpressionException(ExpressionErrorKind.UnexpectedWord, _text, type.Start, type.End - type.Start,
            $"\"{type.Value}\" stands before a text but is no type{NearestName.Suggest(type.Value, ScalarType.AllNames)}");
    }

    private Syntax Group()
    {
        int start = _token.Start;
        Enter();
        Take();
        Syntax inner = Disjunction();
        int end = Expect(TokenKind.Close, ")").End;
        _depth--;
        return Check(new GroupSyntax(start, end, inner));
    }

    private void Enter()
    {
        if (++_depth > ExpressionLimits.DepthMax) throw TooDeep(_token.Start, _token.End - _token.Start);
    }

    private Syntax Check(Syntax syntax) => syntax.Height <= ExpressionLimits.DepthMax ? syntax
        : throw TooDeep(syntax.Start, syntax.End - syntax.Start);

    private ExpressionException TooDeep(int offset, int length) => new(ExpressionErrorKind.TooDeep, _text, offset, length,
        $"operators and parentheses stand deeper than {ExpressionLimits.DepthMax} levels");

    private static bool IsComparison(TokenKind kind) => kind is >= TokenKind.Equal and <= TokenKind.GreaterOrEqual;

    private bool TryTake(TokenKind kind)
    {
        if (_token.Kind != kind) return false;
        Take();
        return true;
    }

    private Token Take()
    {
        Token token = _token;
        _token = _lexer.Next();
        return token;
    }

    private Token Expect(TokenKind kind, string expected) => _token.Kind == kind ? Take() : throw Unexpected(expected);

    private ExpressionException Unexpected(string expected)
    {
        string found = _token.Kind == TokenKind.End ? "the end" : _text[_token.Start.._token.End];
        return Error(ExpressionErrorKind.UnexpectedWord, $"expected {expected}, found {found}");
    }

    private ExpressionException Error(ExpressionErrorKind kind, string problem) =>
        new(kind, _text, _token.Start, _token.End - _token.Start, problem);
}
