using System.Buffers;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <content>Comparable keys back to columns.</content>
public sealed partial class KeyCodec
{
    /// <summary>Type of one column of the key.</summary>
    /// <param name="column">0 for the first column of the key.</param>
    public DataType TypeOf(int column) => _row.Fields[Columns[column]].Type;

    /// <summary>Name of one column of the key.</summary>
    /// <param name="column">0 for the first column of the key.</param>
    public string NameOf(int column) => _row.Fields[Columns[column]].Name;

    /// <summary>Reads the columns of a comparable key, for diagnostics and the command line.</summary>
    /// <param name="comparable">A key of all columns or of some leading ones; any bytes.</param>
    /// <param name="canonical">Takes the canonical encodings of the columns, one behind the other.</param>
    /// <param name="columns">How many columns were there.</param>
    /// <returns>Whether the bytes were a key of this index.</returns>
    public bool TryDecode(ReadOnlySpan<byte> comparable, IBufferWriter<byte> canonical, out int columns)
    {
        columns = 0;
        int position = 0;
        while (columns < Columns.Length && position < comparable.Length)
        {
            if (!KeyEncoding.TryRead(TypeOf(columns), comparable, ref position, canonical)) return false;
            columns++;
        }

        return position == comparable.Length;
    }
}
