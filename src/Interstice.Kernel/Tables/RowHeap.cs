using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Interstice.Kernel.Tables;

/// <summary>Holds the bytes of one table's rows in large arrays, so that the garbage collector has nothing to trace and a row
/// costs its bytes and at most five more. Not thread-safe.</summary>
/// <remarks>A reference is the slot's address in units of 4 bytes; those from <see cref="FirstBig"/> up are rows with an
/// array of their own. A slot begins with the row's length in 2 bytes (4 from 32 KiB), unless all rows are equally long. A
/// free slot holds the reference of the next free one of its class. Up to 15.9 GiB of slots and 16 million big rows.</remarks>
internal sealed class RowHeap : RowSource
{
    internal const int ChunkBytes = 1 << 20;
    internal const int BigRowBytes = ChunkBytes / 8;

    private const int FirstChunkBytesMin = 1 << 10;
    private const int ChunkShift = 18;
    private const uint OffsetMask = (1u << ChunkShift) - 1;
    private const uint FirstBig = 0xFF00_0000;
    private const int ShortLengthMax = 0x7FFF;
    private const ushort LongLength = 0x8000;
    private const int ArrayOverheadBytes = 24;
    private const int CacheLineBytes = 64;

    private readonly int _fixedLength;
    private readonly int _lastByteFetched; // counted from the beginning of a slot; behind a row's end where rows differ and this one is short
    private readonly uint[] _free = new uint[SlotClass.Count];
    private byte[][] _chunks = [];
    private int _chunkCount;
    private uint _next;
    private uint _end;
    private byte[]?[] _big = [];
    private uint _bigCount;
    private readonly Stack<uint> _bigFree = new();
    private long _bigBytes;

    /// <summary>Makes an empty heap.</summary>
    /// <param name="fixedLength">The length of every row, or null where rows differ.</param>
    internal RowHeap(int? fixedLength)
    {
        _fixedLength = fixedLength is > 0 and <= BigRowBytes ? fixedLength.Value : -1;
        _lastByteFetched = _fixedLength > 0 ? Math.Min(_fixedLength, CacheLineBytes) - 1 : CacheLineBytes - 1;
        _free.AsSpan().Fill(NoRow);
    }

    /// <summary>Bytes of all arrays, used or not.</summary>
    internal long MemoryBytes
    {
        get
        {
            long bytes = _bigBytes + (_free.Length * sizeof(uint)) + (_chunks.Length + _big.Length) * (long)IntPtr.Size;
            for (int i = 0; i < _chunkCount; i++) bytes += _chunks[i].Length + ArrayOverheadBytes;
            return bytes;
        }
    }

    internal override ReadOnlySpan<byte> this[uint reference]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (reference >= FirstBig) return _big[reference - FirstBig];
            // References come from this heap's own indexes: checking them against the array's length would touch one more
            // line of memory for each row.
            ref byte chunk = ref MemoryMarshal.GetArrayDataReference(_chunks[reference >> ChunkShift]);
            ref byte slot = ref Unsafe.Add(ref chunk, (nint)(reference & OffsetMask) * SlotClass.GranuleBytes);
            if (_fixedLength >= 0) return MemoryMarshal.CreateReadOnlySpan(ref slot, _fixedLength);
            int length = ReadLength(ref slot, out int header);
            return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref slot, header), length);
        }
    }

    /// <summary>Stores a copy of a row.</summary>
    /// <exception cref="TableFullException">The heap has no address left.</exception>
    internal uint Add(ReadOnlySpan<byte> row)
    {
        if (row.Length > BigRowBytes) return AddBig(row);
        int slotClass = SlotClass.Of(SlotBytes(row.Length), out int granules);
        uint reference = _free[slotClass];
        if (reference == NoRow) reference = TakeFromChunk(granules);
        else _free[slotClass] = BinaryPrimitives.ReadUInt32LittleEndian(Slot(reference));
        Write(reference, row);
        return reference;
    }

    /// <summary>Puts other bytes in a row's place, which keeps its reference, if the slot has the right size for them.</summary>
    internal bool TryOverwrite(uint reference, int oldLength, ReadOnlySpan<byte> row)
    {
        if (reference >= FirstBig || row.Length > BigRowBytes) return false;
        int oldClass = SlotClass.Of(SlotBytes(oldLength), out _);
        if (oldLength != row.Length && SlotClass.Of(SlotBytes(row.Length), out _) != oldClass) return false;
        Write(reference, row);
        return true;
    }

    /// <summary>Gives a row's slot free. Its bytes may be overwritten at once.</summary>
    internal void Free(uint reference)
    {
        if (reference >= FirstBig)
        {
            uint index = reference - FirstBig;
            _bigBytes -= _big[index]!.Length + ArrayOverheadBytes;
            _big[index] = null;
            _bigFree.Push(reference);
            return;
        }

        int slotClass = SlotClass.Of(SlotBytes(this[reference].Length), out _);
        BinaryPrimitives.WriteUInt32LittleEndian(Slot(reference), _free[slotClass]);
        _free[slotClass] = reference;
    }

    /// <summary>Fetches the beginning of a row, ahead of its use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Prefetch(uint reference)
    {
        if (reference >= FirstBig || !Sse.IsSupported) return;
        ref byte chunk = ref MemoryMarshal.GetArrayDataReference(_chunks[reference >> ChunkShift]);
        byte* slot = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref chunk, (nint)(reference & OffsetMask) * SlotClass.GranuleBytes));
        Sse.Prefetch0(slot);
        // A row that begins late in a line goes on in the next one: fetched is where its 64th byte lies or, where all rows are equally long and
        // shorter, its last. What a longer row has behind that is not fetched.
        Sse.Prefetch0(slot + _lastByteFetched);
    }

    /// <summary>Gives all slots free at once and keeps the arrays.</summary>
    internal void Clear()
    {
        _free.AsSpan().Fill(NoRow);
        Array.Clear(_big);
        _bigFree.Clear();
        _bigBytes = 0;
        _bigCount = 0;
        Array.Resize(ref _chunks, Math.Min(_chunks.Length, 1));
        _chunkCount = _chunks.Length;
        _next = 0;
        _end = _chunkCount == 0 ? 0 : (uint)(_chunks[0].Length / SlotClass.GranuleBytes);
    }

    private int SlotBytes(int length) =>
        _fixedLength >= 0 ? length : length + (length <= ShortLengthMax ? sizeof(ushort) : 2 * sizeof(ushort));

    private Span<byte> Slot(uint reference) =>
        _chunks[reference >> ChunkShift].AsSpan((int)(reference & OffsetMask) * SlotClass.GranuleBytes);

    private void Write(uint reference, ReadOnlySpan<byte> row)
    {
        Span<byte> slot = Slot(reference);
        if (_fixedLength >= 0)
        {
            if (row.Length != _fixedLength) throw new ArgumentException($"Row of {row.Length} bytes in a table of {_fixedLength}.");
            row.CopyTo(slot);
            return;
        }

        if (row.Length <= ShortLengthMax)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(slot, (ushort)row.Length);
            row.CopyTo(slot[sizeof(ushort)..]);
            return;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(slot, (ushort)(LongLength | (row.Length >> 16)));
        BinaryPrimitives.WriteUInt16LittleEndian(slot[sizeof(ushort)..], (ushort)row.Length);
        row.CopyTo(slot[(2 * sizeof(ushort))..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadLength(ref byte slot, out int header)
    {
        int length = ReadUInt16(ref slot);
        header = sizeof(ushort);
        if (length <= ShortLengthMax) return length;
        header = 2 * sizeof(ushort);
        return ((length & ShortLengthMax) << 16) | ReadUInt16(ref Unsafe.Add(ref slot, sizeof(ushort)));
    }

    private static ushort ReadUInt16(ref byte source)
    {
        ushort value = Unsafe.ReadUnaligned<ushort>(ref source);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    private uint TakeFromChunk(int granules)
    {
        if (_next + (uint)granules > _end) MakeRoom(granules);
        uint reference = _next;
        _next += (uint)granules;
        return reference;
    }

    // The first chunk grows by doubling, so that a small table stays small; all others have their full size at once. What is
    // left at a chunk's end is less than one slot, an eighth of a chunk at most.
    private void MakeRoom(int granules)
    {
        int needed = granules * SlotClass.GranuleBytes;
        if (_chunkCount <= 1)
        {
            int used = (int)_next * SlotClass.GranuleBytes;
            int size = _chunkCount == 0 ? 0 : _chunks[0].Length;
            int wanted = Math.Max(size, FirstChunkBytesMin);
            while (wanted < used + needed && wanted < ChunkBytes) wanted *= 2;
            if (wanted >= used + needed)
            {
                byte[] grown = GC.AllocateUninitializedArray<byte>(wanted);
                if (size > 0) _chunks[0].AsSpan(0, used).CopyTo(grown);
                SetChunk(0, grown);
                _end = (uint)(wanted / SlotClass.GranuleBytes);
                return;
            }
        }

        uint first = (uint)_chunkCount << ChunkShift;
        if (first >= FirstBig) throw new TableFullException("A table holds 15.9 GiB of rows and has no address left; split the table.");
        SetChunk(_chunkCount, GC.AllocateUninitializedArray<byte>(ChunkBytes));
        _next = first;
        _end = first + (ChunkBytes / SlotClass.GranuleBytes);
    }

    private void SetChunk(int index, byte[] chunk)
    {
        if (index == _chunks.Length) Array.Resize(ref _chunks, Math.Max(1, index * 2));
        _chunks[index] = chunk;
        _chunkCount = Math.Max(_chunkCount, index + 1);
    }

    private uint AddBig(ReadOnlySpan<byte> row)
    {
        if (!_bigFree.TryPop(out uint reference))
        {
            if (_bigCount == NoRow - FirstBig)
                throw new TableFullException("A table holds 16 million rows of more than 128 KiB and has no address left.");
            reference = FirstBig + _bigCount++;
            if (_bigCount > _big.Length) Array.Resize(ref _big, Math.Max(4, _big.Length * 2));
        }

        _big[reference - FirstBig] = row.ToArray();
        _bigBytes += row.Length + ArrayOverheadBytes;
        return reference;
    }
}
