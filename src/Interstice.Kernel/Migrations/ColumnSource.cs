using Interstice.Kernel.Expressions;

namespace Interstice.Kernel.Migrations;

/// <summary>Where the value of a column comes from, within one stage of a table's rows. A closed family.</summary>
internal abstract record ColumnSource
{
    /// <summary>A column of the stage before, as it is.</summary>
    internal sealed record Copied(int Column) : ColumnSource;

    /// <summary>A column of the stage before, in a type that every value of it has a place in.</summary>
    internal sealed record Converted(int Column, ValueConversion How) : ColumnSource;

    /// <summary>The same value in every row.</summary>
    internal sealed record Constant(byte[] Value) : ColumnSource;

    /// <summary>An expression of the columns of the stage before.</summary>
    internal sealed record Computed(ValueExpression Expression, byte[]? IfNull, string Name, string Type) : ColumnSource;
}
