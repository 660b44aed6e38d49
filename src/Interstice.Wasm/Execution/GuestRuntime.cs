using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Interstice.Wasm.Execution;

/// <summary>What emitted code calls for instructions that are more than arithmetic. Operands come as i32 and count as
/// unsigned.</summary>
internal static unsafe class GuestRuntime
{
    /// <summary>Bytes or entries of a bulk operation that cost one unit of fuel.</summary>
    private const uint BulkPerFuel = 64;

    /// <summary>The trap of <c>unreachable</c>; the caller throws it.</summary>
    internal static WasmTrapException Unreachable(int codeOffset) =>
        new WasmTrapException(TrapKind.Unreachable).At(codeOffset);

    /// <summary>The trap of a charge that more was needed for than is left, or of a loop that is asked to stop; the caller
    /// throws it.</summary>
    internal static WasmTrapException OutOfFuel(GuestState state)
    {
        state.Fuel = 0;
        return new WasmTrapException(state.Instance.WasAborted() ? TrapKind.Aborted : TrapKind.FuelExhausted);
    }

    /// <summary><c>memory.grow</c>.</summary>
    internal static int MemoryGrow(GuestState state, int pages) => state.Instance.Memory!.Grow((uint)pages);

    // Toolchains use these two for every small structure, so they take no detour: one look at the length, one mark.
    /// <summary><c>memory.copy</c>.</summary>
    internal static void MemoryCopy(GuestState state, int to, int from, int count)
    {
        uint bytes = (uint)count;
        if (bytes >= BulkPerFuel) Charge(state, bytes);
        byte* start = state.MemoryBase;
        ulong length = *(ulong*)(start - LinearMemory.LengthDistance);
        if ((ulong)(uint)from + bytes > length) ThrowOutOfBounds(state, (uint)from, bytes);
        if ((ulong)(uint)to + bytes > length) ThrowOutOfBounds(state, (uint)to, bytes);
        LinearMemory.MarkDirty(start, (uint)to, bytes);
        Buffer.MemoryCopy(start + (uint)from, start + (uint)to, bytes, bytes);
    }

    /// <summary><c>memory.fill</c>.</summary>
    internal static void MemoryFill(GuestState state, int to, int value, int count)
    {
        uint bytes = (uint)count;
        if (bytes >= BulkPerFuel) Charge(state, bytes);
        byte* start = state.MemoryBase;
        if ((ulong)(uint)to + bytes > *(ulong*)(start - LinearMemory.LengthDistance)) ThrowOutOfBounds(state, (uint)to, bytes);
        LinearMemory.MarkDirty(start, (uint)to, bytes);
        NativeMemory.Fill(start + (uint)to, bytes, (byte)value);
    }

    /// <summary><c>memory.init</c>.</summary>
    internal static void MemoryInit(GuestState state, int to, int from, int count, int segment)
    {
        LinearMemory memory = state.Instance.Memory!;
        Charge(state, (uint)count);
        ReadOnlySpan<byte> data = state.Instance.DataOf(segment);
        if ((ulong)(uint)from + (uint)count > (ulong)data.Length)
        {
            throw new WasmTrapException(
                TrapKind.MemoryOutOfBounds, $"{(uint)count} bytes at {(uint)from} of a data segment of {data.Length}");
        }

        Check(memory, (uint)to, (uint)count);
        memory.MarkDirty((uint)to, (uint)count);
        data.Slice(from, count).CopyTo(new Span<byte>(memory.Base + (uint)to, count));
    }

    /// <summary><c>data.drop</c>.</summary>
    internal static void DataDrop(GuestState state, int segment) => state.Instance.Segments.DropData(segment);

    /// <summary><c>table.get</c>.</summary>
    internal static object? TableGet(GuestState state, int index, int table) => Table(state, table).Get((uint)index);

    /// <summary><c>table.set</c>.</summary>
    internal static void TableSet(GuestState state, int index, object? value, int table) =>
        Table(state, table).Set((uint)index, value);

    /// <summary><c>table.size</c>.</summary>
    internal static int TableSize(GuestState state, int table) => (int)Table(state, table).Length;

    /// <summary><c>table.grow</c>.</summary>
    internal static int TableGrow(GuestState state, object? value, int count, int table)
    {
        Charge(state, (uint)count);
        return Table(state, table).Grow((uint)count, value);
    }

    /// <summary><c>table.fill</c>.</summary>
    internal static void TableFill(GuestState state, int index, object? value, int count, int table)
    {
        Charge(state, (uint)count);
        Table(state, table).Fill((uint)index, value, (uint)count);
    }

    /// <summary><c>table.copy</c>.</summary>
    internal static void TableCopy(GuestState state, int to, int from, int count, int table, int source)
    {
        Charge(state, (uint)count);
        Table(state, table).CopyFrom(Table(state, source), (uint)to, (uint)from, (uint)count);
    }

    /// <summary><c>table.init</c>.</summary>
    internal static void TableInit(GuestState state, int to, int from, int count, int table, int segment)
    {
        Charge(state, (uint)count);
        Table(state, table).CopyFrom(state.Instance.Segments.Elements(segment), (uint)to, (uint)from, (uint)count);
    }

    /// <summary><c>elem.drop</c>.</summary>
    internal static void ElementDrop(GuestState state, int segment) => state.Instance.Segments.DropElements(segment);

    /// <summary><c>ref.func</c>.</summary>
    internal static Function FunctionReference(GuestState state, int index) => state.Instance.FunctionAt(index);

    /// <summary>The slow path of <c>call_indirect</c>: finds what to call when it is not a function of the instance
    /// itself, or says why nothing can be called.</summary>
    /// <param name="state">The calling instance.</param>
    /// <param name="index">Index in the table.</param>
    /// <param name="table">Which table.</param>
    /// <param name="typeId">Number of the expected type in the calling module.</param>
    /// <param name="code">Address to call.</param>
    /// <returns>First argument of that call.</returns>
    internal static object ResolveIndirect(GuestState state, int index, int table, int typeId, out nint code)
    {
        Table entries = Table(state, table);
        if ((uint)index >= entries.Length)
        {
            throw new WasmTrapException(TrapKind.UndefinedElement, $"index {(uint)index} of a table of {entries.Length}");
        }

        if (entries.Get((uint)index) is not Function function)
        {
            throw new WasmTrapException(TrapKind.IndirectCallNull, $"index {(uint)index}");
        }

        Binary.FunctionType expected = state.Instance.Code.TypeOf(typeId);
        if (!function.Type.Equals(expected))
        {
            throw new WasmTrapException(
                TrapKind.IndirectCallTypeMismatch, $"expected {expected}, found {function.Type} at index {(uint)index}");
        }

        code = state.Instance.Code.BridgeFor(typeId);
        return new BridgeCall(state, function);
    }

    private static Table Table(GuestState state, int index) => state.Instance.TableAt(index);

    private static void Charge(GuestState state, uint count) => state.Instance.ChargeFuel(count / BulkPerFuel);

    private static void Check(LinearMemory memory, uint address, uint count)
    {
        if (!memory.Contains(address, count)) throw OutOfBounds(memory, address, count);
    }

    [DoesNotReturn]
    private static void ThrowOutOfBounds(GuestState state, uint address, uint count) =>
        throw OutOfBounds(state.Instance.Memory!, address, count);

    private static WasmTrapException OutOfBounds(LinearMemory memory, uint address, uint count) => new(
        TrapKind.MemoryOutOfBounds,
        $"{count} bytes at address {address} of a memory of {memory.ByteLength} bytes");
}
