using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>A linear memory. Its base never moves. Used by one thread at a time.</summary>
/// <remarks>
/// One reservation of address space: a map with one byte per 4 KiB page that is set when the page is written, a header
/// that ends with the length in bytes just below the base, then the memory. Emitted code needs the base alone: length
/// and map are at fixed distances from it. A set byte stands for its page and for the <see cref="DirtySlack"/> bytes
/// after it, so that a write over a page border, or several near one another, need one mark.
/// Emitted code checks every access against the length. The reservation is 8 GiB, which an unchecked access with any
/// address and offset could not leave; where the system refuses that much, it is what the limits allow.
/// </remarks>
public sealed unsafe partial class LinearMemory : External, IDisposable
{
    /// <summary>Bytes of a page: 64 KiB.</summary>
    public const int PageBytes = 65_536;

    /// <summary>Most pages that a 32-bit memory can have.</summary>
    public const uint PagesMax = 65_536;

    /// <summary>Distance from the base down to the map of written pages.</summary>
    internal const int DirtyMapDistance = (1 << 20) + PageBytes;

    /// <summary>Distance from the base down to the length.</summary>
    internal const int LengthDistance = sizeof(ulong);

    /// <summary>Bytes after a page that its mark covers too.</summary>
    internal const int DirtySlack = 128;

    /// <summary>Bits of an address below the number of the page that is marked.</summary>
    internal const int DirtyPageShift = 12;

    private const ulong ReservationBytes = 8UL << 30;

    private readonly byte* _reservation;
    private readonly nuint _reservedBytes;
    private readonly uint _pagesCap;
    private ulong _committedBytes;
    private int _users = 1;

    /// <summary>Makes a memory.</summary>
    /// <param name="minimum">First number of pages.</param>
    /// <param name="maximum">Most pages by its type; growing past it fails with -1.</param>
    /// <param name="pagesCap">Most pages that the host allows; growing past it traps.</param>
    /// <exception cref="WasmTrapException"><paramref name="minimum"/> is above <paramref name="pagesCap"/>.</exception>
    /// <exception cref="InsufficientMemoryException">The system has no address space or memory for it.</exception>
    public LinearMemory(uint minimum, uint? maximum = null, uint pagesCap = PagesMax)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minimum, PagesMax);
        if (maximum is uint most) ArgumentOutOfRangeException.ThrowIfGreaterThan(minimum, most);
        _pagesCap = Math.Min(pagesCap, PagesMax);
        if (minimum > _pagesCap) throw LimitExceeded(minimum);
        Maximum = maximum;
        _reservedBytes = unchecked((nuint)(ReservationBytes + DirtyMapDistance));
        _reservation = AddressSpace.TryReserve(_reservedBytes);
        if (_reservation == null)
        {
            _reservedBytes = (nuint)(((ulong)Math.Min(_pagesCap, maximum ?? PagesMax) * PageBytes) + DirtyMapDistance);
            _reservation = AddressSpace.TryReserve(_reservedBytes);
        }

        if (_reservation == null)
        {
            throw new InsufficientMemoryException("the system refuses address space for linear memory");
        }

        AddressSpace.Commit(_reservation, DirtyMapDistance);
        Resize(minimum);
    }

    /// <summary>Frees the memory if it was not disposed.</summary>
    ~LinearMemory() => Free();

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Memory;

    /// <summary>Present number of pages.</summary>
    public uint Pages => (uint)(ByteLength / PageBytes);

    /// <summary>Present number of bytes.</summary>
    public long ByteLength => (long)LengthCell;

    /// <summary>Most pages by its type, if it states any.</summary>
    public uint? Maximum { get; }

    /// <summary>The first byte. Valid while the memory is not disposed.</summary>
    internal byte* Base => _reservation + DirtyMapDistance;

    private ref ulong LengthCell => ref *(ulong*)(Base - LengthDistance);

    private byte* DirtyMap => _reservation;

    /// <summary>Lends bytes to read; valid until the guest runs again.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="WasmTrapException">The range reaches past the end.</exception>
    public ReadOnlySpan<byte> Read(uint address, uint length) => new(Base + address, Check(address, length));

    /// <summary>Lends bytes to write, and marks their pages as written; valid until the guest runs again.</summary>
    /// <param name="address">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="WasmTrapException">The range reaches past the end.</exception>
    public Span<byte> Write(uint address, uint length)
    {
        int bytes = Check(address, length);
        MarkDirty(address, length);
        return new Span<byte>(Base + address, bytes);
    }

    /// <summary>Grows, as <c>memory.grow</c> does.</summary>
    /// <param name="pages">How many pages more.</param>
    /// <returns>The number of pages before, or -1 when the type's maximum (or 65,536) would be passed.</returns>
    /// <exception cref="WasmTrapException">The host's limit would be passed.</exception>
    public int Grow(uint pages)
    {
        uint before = Pages;
        ulong after = (ulong)before + pages;
        if (after > (Maximum ?? PagesMax) || after > PagesMax) return -1;
        if (after > _pagesCap) throw LimitExceeded(after);
        Resize((uint)after);
        return (int)before;
    }

    /// <summary>Frees the memory once no instance uses it.</summary>
    public void Dispose()
    {
        if (--_users != 0) return;
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps the memory until one more <see cref="Dispose"/>.</summary>
    internal void AddUser() => _users++;

    /// <summary>Marks pages as written.</summary>
    internal void MarkDirty(uint address, uint length) => MarkDirty(Base, address, length);

    /// <summary>Marks pages of the memory that begins at an address as written.</summary>
    internal static void MarkDirty(byte* start, uint address, uint length)
    {
        if (length == 0) return;
        byte* map = start - DirtyMapDistance;
        uint first = address >> DirtyPageShift;
        uint last = (uint)(((ulong)address + length - 1) >> DirtyPageShift);
        map[first] = 1;
        if (last > first) new Span<byte>(map + first + 1, (int)(last - first)).Fill(1);
    }

    internal override string Describe() => $"memory of {Pages} pages, maximum {Maximum?.ToString() ?? "none"}";

    /// <summary>Whether a range lies inside.</summary>
    internal bool Contains(uint address, uint length) => (ulong)address + length <= LengthCell;

    private int Check(uint address, uint length) => Contains(address, length)
        ? checked((int)length)
        : throw new WasmTrapException(
            TrapKind.MemoryOutOfBounds, $"{length} bytes at address {address} of a memory of {ByteLength} bytes");

    private WasmTrapException LimitExceeded(ulong pages) =>
        new(TrapKind.MemoryLimitExceeded, $"{pages} pages of 64 KiB needed, {_pagesCap} allowed");

    private void Resize(uint pages)
    {
        ulong bytes = (ulong)pages * PageBytes;
        if (bytes > _committedBytes)
        {
            AddressSpace.Commit(Base + _committedBytes, (nuint)(bytes - _committedBytes));
            _committedBytes = bytes;
        }

        LengthCell = bytes;
    }

    private void Free()
    {
        if (_reservation == null) return;
        FreeImage();
        AddressSpace.Release(_reservation, _reservedBytes);
    }
}
