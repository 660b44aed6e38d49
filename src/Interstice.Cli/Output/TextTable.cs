using System.Text;
using Spectre.Console;

namespace Interstice.Cli.Output;

/// <summary>A table for people: drawn on a terminal, aligned columns in a pipe.</summary>
internal sealed class TextTable
{
    private readonly (string Name, bool IsNumber)[] _columns;
    private readonly List<string[]> _rows = [];

    /// <summary>Makes a table.</summary>
    /// <param name="columns">Names of the columns; one that ends with <c>#</c> holds numbers, which stand to the
    /// right.</param>
    public TextTable(params IEnumerable<string> columns) =>
        _columns = [.. columns.Select(column => (column.TrimEnd('#'), column.EndsWith('#')))];

    /// <summary>Number of rows.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="cells">As many as there are columns.</param>
    public void Add(params string[] cells)
    {
        if (cells.Length != _columns.Length)
            throw new ArgumentException($"{cells.Length} cells for {_columns.Length} columns", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>Writes the table.</summary>
    public void Write(StandardOutput output)
    {
        if (output.IsTerminal) Draw(output);
        else WriteAligned(output);
    }

    private void Draw(StandardOutput output)
    {
        var table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        foreach ((string name, bool isNumber) in _columns)
        {
            var column = new TableColumn(new Markup($"[bold]{Markup.Escape(name)}[/]"));
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        foreach (string[] row in _rows) table.AddRow(row.Select(cell => new Text(Printable(cell))));
        output.Flush();
        output.Ansi.Write(table);
    }

    private void WriteAligned(StandardOutput output)
    {
        int[] widths = [.. _columns.Select((column, i) => _rows
            .Select(row => Printable(row[i]).Length)
            .Append(column.Name.Length)
            .Max())];
        WriteRow(output, [.. _columns.Select(column => column.Name)], widths);
        foreach (string[] row in _rows) WriteRow(output, row, widths);
    }

    private void WriteRow(StandardOutput output, string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0) line.Append("  ");
            string cell = Printable(cells[i]);
            line.Append(_columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        }

        output.WriteLine(line.ToString().TrimEnd());
    }

    // Text from a module must not move the cursor or break the line.
    private static string Printable(string cell)
    {
        if (!cell.Any(char.IsControl)) return cell;
        return string.Concat(
            cell.Select(letter => char.IsControl(letter) ? $"\\u{(int)letter:x4}" : letter.ToString()));
    }
}
