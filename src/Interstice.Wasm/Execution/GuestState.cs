namespace Interstice.Wasm.Execution;

/// <summary>What emitted code of one instance works on: the first argument of every emitted function.</summary>
/// <remarks>The compiler derives one class per module from it, with fields for globals and imported functions. Fields,
/// not properties, so that emitted code reaches them with one load.</remarks>
internal abstract unsafe class GuestState
{
    /// <summary>Remaining fuel; below zero when the guest shall stop.</summary>
    public long Fuel;

    /// <summary>Remaining call depth. Below zero only between the check that fails and the boundary that reports
    /// it.</summary>
    public int Depth;

    /// <summary>Not 0 when the guest shall stop: what loops look at, since they do not read <see cref="Fuel"/>.</summary>
    public int StopRequested;

    /// <summary>Always 0, which emitted code must not know (<see cref="Compilation.Rotation"/>).</summary>
    public long Zero;

    /// <summary>First byte of linear memory; null without one.</summary>
    public byte* MemoryBase;

    /// <summary>Native block of table 0 (<see cref="TableView"/>).</summary>
    public nint Table0;

    /// <summary>Addresses of the native blocks of all tables.</summary>
    public nint* TableBlocks;

    /// <summary>Results after the first of a call that returns several: numbers.</summary>
    public long* ResultBits;

    /// <summary>Results after the first of a call that returns several: references.</summary>
    public object?[] ResultReferences = [];

    /// <summary>Constants that the just-in-time compiler must not see: signalling NaN.</summary>
    public long* OpaqueConstants;

    /// <summary>The instance.</summary>
    public Instance Instance = null!;

    private nint[] _tableBlocks = [];
    private long[] _resultBits = [];
    private long[] _opaqueConstants = [];

    /// <summary>Sets the fields of globals and imported functions; emitted.</summary>
    /// <param name="globals">First values by global index.</param>
    /// <param name="cells">Shared globals by global index; null where a field holds the value.</param>
    /// <param name="imports">Delegate or <see cref="Function"/> per imported function.</param>
    public abstract void Bind(Value[] globals, Global?[] cells, object[] imports);

    /// <summary>Remembers the fields of mutable globals; emitted.</summary>
    public abstract void CaptureGlobals();

    /// <summary>Sets the fields of mutable globals back; emitted.</summary>
    public abstract void RestoreGlobals();

    /// <summary>Allocates the native blocks.</summary>
    internal void Allocate(int tableCount, int resultCount, ReadOnlySpan<long> opaqueConstants)
    {
        _tableBlocks = GC.AllocateArray<nint>(tableCount, pinned: true);
        _resultBits = GC.AllocateArray<long>(resultCount, pinned: true);
        _opaqueConstants = GC.AllocateArray<long>(opaqueConstants.Length, pinned: true);
        opaqueConstants.CopyTo(_opaqueConstants);
        ResultReferences = new object?[resultCount];

        // The arrays are pinned for their life, so the addresses outlive the fixed statements.
        fixed (nint* start = _tableBlocks) TableBlocks = start;
        fixed (long* start = _resultBits) ResultBits = start;
        fixed (long* start = _opaqueConstants) OpaqueConstants = start;
    }

    /// <summary>Sets the memory.</summary>
    internal void SetMemory(LinearMemory? memory) => MemoryBase = memory is null ? null : memory.Base;

    /// <summary>Sets the address of one table's native block.</summary>
    internal void SetTable(int index, nint block)
    {
        _tableBlocks[index] = block;
        if (index == 0) Table0 = block;
    }
}
