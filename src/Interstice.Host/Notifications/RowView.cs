using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Interstice.Host.Inspection;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Notifications;

/// <summary>A row with its columns by name, typed by the declarations that it was written under. Owns its bytes; any thread may read
/// it.</summary>
/// <param name="table">The table.</param>
/// <param name="bytes">The row in the canonical encoding, valid under it.</param>
public sealed class RowView(TableSchema table, ReadOnlyMemory<byte> bytes)
{
    /// <summary>The table.</summary>
    public TableSchema Table { get; } = table;

    /// <summary>The row in the canonical encoding (docs/formats/values.md).</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>The value of a column.</summary>
    /// <typeparam name="T">The type that <see cref="Value"/> gives for it, or one that it can be assigned to.</typeparam>
    /// <param name="column">Name of the column.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="InvalidCastException">It holds something else. The message says what.</exception>
    public T Get<T>(string column)
    {
        object? value = Value(column);
        if (value is T typed) return typed;
        if (value is null && default(T) is null) return default!;
        throw new InvalidCastException(
            $"column \"{column}\" of table \"{Table.Name}\" is {Find(column).Type}, read as {value?.GetType().Name ?? "null"}, not as {typeof(T).Name}");
    }

    /// <summary>The value of a column: bool, the integer types of C#, <see cref="Int128"/>, <see cref="UInt128"/>, float, double, string,
    /// byte[], <see cref="Guid"/>, <see cref="Identity"/>, for a timestamp and a duration microseconds as long, for an option its value or null,
    /// and for everything else its JSON as <see cref="JsonElement"/>.</summary>
    /// <param name="column">Name of the column.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public object? Value(string column)
    {
        ColumnSchema found = Find(column);
        return Read(found.Type, Table.Row.Field(Bytes.Span, found.Number));
    }

    /// <summary>The row as JSON (docs/formats/json.md).</summary>
    public JsonElement ToJson() => new PayloadView(Bytes, null, Table.Row).ToJson();

    private ColumnSchema Find(string column)
    {
        ArgumentNullException.ThrowIfNull(column);
        foreach (ColumnSchema known in Table.Columns)
            if (known.Name == column) return known;
        throw new ArgumentException(
            $"table \"{Table.Name}\" has no column \"{column}\"{NearestName.Suggest(column, Table.Columns.Select(known => known.Name))}",
            nameof(column));
    }

    private static object? Read(DataType type, ReadOnlySpan<byte> value)
    {
        type = type.Resolved;
        return type switch
        {
            ScalarType scalar => ReadScalar(scalar, value),
            OptionType option => value[0] == 0 ? null : Read(option.Value, value[1..]),
            _ => ToJson(type, value),
        };
    }

    private static object ReadScalar(ScalarType type, ReadOnlySpan<byte> value) => type.Kind switch
    {
        ScalarKind.Bool => value[0] != 0,
        ScalarKind.I8 => (sbyte)value[0],
        ScalarKind.U8 => value[0],
        ScalarKind.I16 => BinaryPrimitives.ReadInt16LittleEndian(value),
        ScalarKind.U16 => BinaryPrimitives.ReadUInt16LittleEndian(value),
        ScalarKind.I32 => BinaryPrimitives.ReadInt32LittleEndian(value),
        ScalarKind.U32 => BinaryPrimitives.ReadUInt32LittleEndian(value),
        ScalarKind.I64 or ScalarKind.Timestamp or ScalarKind.Duration => BinaryPrimitives.ReadInt64LittleEndian(value),
        ScalarKind.U64 => BinaryPrimitives.ReadUInt64LittleEndian(value),
        ScalarKind.I128 => BinaryPrimitives.ReadInt128LittleEndian(value),
        ScalarKind.U128 => BinaryPrimitives.ReadUInt128LittleEndian(value),
        ScalarKind.F32 => BinaryPrimitives.ReadSingleLittleEndian(value),
        ScalarKind.F64 => BinaryPrimitives.ReadDoubleLittleEndian(value),
        ScalarKind.String => Encoding.UTF8.GetString(value[sizeof(uint)..]),
        ScalarKind.Bytes => value[sizeof(uint)..].ToArray(),
        ScalarKind.Identity => Identity.Read(value),
        _ => ToJson(type, value).GetGuid(),
    };

    private static JsonElement ToJson(DataType type, ReadOnlySpan<byte> value) => new PayloadView(value.ToArray(), type, null).ToJson();
}
