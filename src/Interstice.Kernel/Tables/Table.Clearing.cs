using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Tables;

/// <content>Emptying a table whose rows nobody promised to keep.</content>
public sealed partial class Table
{
    /// <summary>Takes all rows out of an ephemeral table and begins its counter anew. No change of it may wait for undo or
    /// release.</summary>
    /// <exception cref="InvalidOperationException">The table is not ephemeral.</exception>
    public void Clear()
    {
        if (Schema.Kind != TableKind.Ephemeral)
            throw new InvalidOperationException($"Table \"{Schema.Name}\" is not ephemeral; its rows go by events only.");
        var rows = new List<byte[]>(checked((int)Count));
        foreach (ReadOnlySpan<byte> row in Scan(0, KeyRange.All, descending: false)) rows.Add(row.ToArray());
        foreach (byte[] row in rows) Release(Delete(row));
        SetCounter(0);
    }
}
