namespace Interstice.Wasm.Execution;

/// <summary>A table as the code of one instance sees it: a native block of the number of entries, then the
/// entries.</summary>
/// <remarks>An entry is 16 bytes: function pointer, type id of the instance's module. The id is 0, which no function
/// has, for null and for functions of other instances and of the host; those calls take the slow path
/// (<see cref="GuestRuntime.ResolveIndirect"/>).</remarks>
internal sealed unsafe class TableView(GuestState owner, int tableIndex)
{
    /// <summary>Distance from one entry to the next, and from the block's start to the first entry.</summary>
    internal const int EntryBytes = 16;

    /// <summary>Distance from an entry to its type id.</summary>
    internal const int TypeIdDistance = 8;

    private nint[] _block = [];

    /// <summary>The instance.</summary>
    internal GuestState Owner => owner;

    /// <summary>Makes the view agree with a range of the table's items.</summary>
    internal void Update(object?[] items, uint length, uint from, uint count)
    {
        if (_block.Length < 2 * ((long)items.Length + 1))
        {
            _block = GC.AllocateArray<nint>(checked(2 * (items.Length + 1)), pinned: true);
            (from, count) = (0, length);
        }

        _block[0] = (nint)length;
        for (uint i = from; i < from + count; i++)
        {
            bool isOwn = items[i] is Function function && ReferenceEquals(function.State, owner);
            Function? own = isOwn ? (Function)items[i]! : null;
            _block[2 * (i + 1)] = own?.Code ?? 0;
            _block[(2 * (i + 1)) + 1] = own?.TypeId ?? 0;
        }

        fixed (nint* start = _block) owner.SetTable(tableIndex, (nint)start);
    }
}
