using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Interstice.Wasm.Execution;

/// <summary>Reserves address space without memory behind it, and puts memory behind parts of it.</summary>
/// <remarks>mmap and mprotect where there is a libc (constants of Linux, or of macOS and the BSDs), VirtualAlloc on
/// Windows. Committed memory reads as zero.</remarks>
internal static unsafe partial class AddressSpace
{
    private const int ProtectNone = 0;
    private const int ProtectReadWrite = 1 | 2;
    private const int MapPrivate = 2;
    private const uint WindowsReserve = 0x2000;
    private const uint WindowsCommit = 0x1000;
    private const uint WindowsRelease = 0x8000;
    private const uint WindowsNoAccess = 1;
    private const uint WindowsReadWrite = 4;

    private static readonly int MapAnonymousNoReserve = OperatingSystem.IsLinux() ? 0x20 | 0x4000 : 0x1000 | 0x40;

    /// <summary>Reserves; null when the system refuses.</summary>
    internal static byte* TryReserve(nuint bytes)
    {
        if (OperatingSystem.IsWindows()) return (byte*)VirtualAlloc(0, bytes, WindowsReserve, WindowsNoAccess);
        nint address = MemoryMap(0, bytes, ProtectNone, MapPrivate | MapAnonymousNoReserve, -1, 0);
        return address == -1 ? null : (byte*)address;
    }

    /// <summary>Puts zeroed memory behind a part of a reservation; both are multiples of 64 KiB.</summary>
    /// <exception cref="InsufficientMemoryException">The system refuses.</exception>
    internal static void Commit(byte* address, nuint bytes)
    {
        bool done = OperatingSystem.IsWindows()
            ? VirtualAlloc((nint)address, bytes, WindowsCommit, WindowsReadWrite) != 0
            : MemoryProtect((nint)address, bytes, ProtectReadWrite) == 0;
        if (done) return;
        string reason = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        throw new InsufficientMemoryException($"the system refuses {bytes} bytes for linear memory: {reason}");
    }

    /// <summary>Gives a whole reservation back.</summary>
    internal static void Release(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows()) _ = VirtualFree((nint)address, 0, WindowsRelease);
        else _ = MemoryUnmap((nint)address, bytes);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MemoryMap(nint address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MemoryProtect(nint address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MemoryUnmap(nint address, nuint bytes);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint VirtualAlloc(nint address, nuint bytes, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(nint address, nuint bytes, uint type);
}
