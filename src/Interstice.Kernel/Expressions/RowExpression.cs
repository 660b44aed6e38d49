using System.Collections.Immutable;
using Interstice.Kernel.Expressions.Binding;
using Interstice.Kernel.Expressions.Evaluation;
using Interstice.Kernel.Expressions.Parsing;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Expressions;

/// <summary>A condition on rows: <c>balance &lt; 0 and owner like 'a%'</c>. The language: docs/expressions.md.</summary>
/// <remarks>Immutable; any thread may use it. Evaluation reads the canonical bytes where they lie and allocates nothing, whatever the
/// expression.</remarks>
public sealed class RowExpression
{
    private readonly Term<bool> _condition;

    private RowExpression(string text, Term<bool> condition, ImmutableArray<int> columns)
    {
        Text = text;
        _condition = condition;
        Columns = columns;
    }

    /// <summary>The text it was compiled from.</summary>
    public string Text { get; }

    /// <summary>The columns it reads, by number, ascending.</summary>
    public ImmutableArray<int> Columns { get; }

    internal Term<bool> Condition => _condition;

    /// <summary>Compiles a condition on the rows of a table.</summary>
    /// <param name="text">The condition.</param>
    /// <param name="table">The table.</param>
    /// <exception cref="ExpressionException">The text is no condition on rows of this table.</exception>
    public static RowExpression Compile(string text, TableSchema table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Compile(text, table.Row, $"table \"{table.Name}\"");
    }

    /// <summary>Compiles a condition on anything laid out like a row: the arguments of a reducer, a struct.</summary>
    /// <param name="text">The condition.</param>
    /// <param name="row">The layout; its fields are the columns.</param>
    /// <param name="subject">What has these columns, for messages, as <c>table "accounts"</c>.</param>
    /// <exception cref="ExpressionException">The text is no condition on such rows.</exception>
    public static RowExpression Compile(string text, RowCodec row, string subject)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(subject);
        Syntax syntax = Parser.Parse(text);
        var binder = new Binder(text, row, subject);
        Term<bool> condition = binder.BindCondition(syntax);
        return new RowExpression(text, condition, [.. binder.Columns]);
    }

    /// <summary>Whether the condition holds for a row; not when it is false and not when it is unknown.</summary>
    /// <param name="row">A row of the table, validated; of other bytes the answer means nothing, or an exception is
    /// thrown.</param>
    public bool Matches(ReadOnlySpan<byte> row) => _condition.TryEvaluate(row, out bool holds) && holds;

    /// <summary>What the condition says about a row.</summary>
    /// <param name="row">A row of the table, validated; of other bytes the answer means nothing, or an exception is
    /// thrown.</param>
    public Truth Evaluate(ReadOnlySpan<byte> row) =>
        !_condition.TryEvaluate(row, out bool holds) ? Truth.Unknown : holds ? Truth.True : Truth.False;

    /// <inheritdoc/>
    public override string ToString() => Text;
}
