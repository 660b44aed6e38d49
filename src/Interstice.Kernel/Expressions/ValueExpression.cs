using System.Buffers;
using Interstice.Kernel.Expressions.Binding;
using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Expressions;

/// <summary>A value computed from a row, in a wanted type: <c>cents / 100</c>, <c>home.zip</c>, <c>'EUR'</c>. The language:
/// docs/expressions.md.</summary>
/// <remarks>Immutable; any thread may use it.</remarks>
public sealed class ValueExpression
{
    private readonly ValueSource _source;
    private readonly int _options;
    private readonly bool _leavesNull;

    private ValueExpression(string text, ValueSource source, int options, bool leavesNull)
    {
        Text = text;
        _source = source;
        _options = options;
        _leavesNull = leavesNull;
    }

    /// <summary>The text it was compiled from.</summary>
    public string Text { get; }

    /// <summary>Compiles an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="row">Layout of the rows; its fields are the columns.</param>
    /// <param name="subject">What has these columns, for messages, as <c>table "accounts"</c>.</param>
    /// <param name="type">The type that is wanted. Of an option null is none, unless it is left to the caller.</param>
    /// <param name="leavesNull">Whether null is told as <see cref="ValueEnd.Null"/> whatever the type is.</param>
    /// <exception cref="ExpressionException">The text is no expression of this type on such rows.</exception>
    public static ValueExpression Compile(string text, RowCodec row, string subject, DataType type, bool leavesNull = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(type);
        var binder = new Binder(text, row, subject);
        Syntax syntax = Parser.Parse(text);
        if (binder.TryBindColumn(syntax, type, leavesNull) is { } column) return new(text, column, 0, leavesNull);
        int options = 0;
        DataType wanted = type.Resolved;
        for (; wanted is OptionType option; options++) wanted = option.Value.Resolved;
        return new(text, binder.BindValue(syntax, wanted), options, leavesNull);
    }

    /// <summary>Computes the value for a row and writes it in the canonical encoding.</summary>
    /// <param name="row">A row, validated; of other bytes the value means nothing, or an exception is thrown.</param>
    /// <param name="destination">Takes the value.</param>
    public ValueEnd Write(ReadOnlySpan<byte> row, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (_options == 0) return _source.Write(row, destination);
        var value = new ArrayBufferWriter<byte>();
        ValueEnd end = _source.Write(row, value);
        if (end == ValueEnd.OutOfRange || (end == ValueEnd.Null && _leavesNull)) return end;
        if (end == ValueEnd.Null)
        {
            destination.WriteU8(0);
            return ValueEnd.Written;
        }

        for (int i = 0; i < _options; i++) destination.WriteU8(1);
        destination.Write(value.WrittenSpan);
        return ValueEnd.Written;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
