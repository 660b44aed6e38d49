using System.Globalization;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Writing;

/// <summary>Turns what the file system throws into what the port throws.</summary>
internal static class WriteFailure
{
    private const int ErrorNoSpace = 28;
    private const int ErrorQuotaLinux = 122;
    private const int ErrorQuotaMac = 69;
    private const int ErrorReadOnly = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsWriteProtected = unchecked((int)0x80070013);

    /// <summary>Whether an exception is one that a file system throws.</summary>
    public static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <summary>A failure before any byte of the append can have been written.</summary>
    public static EventStoreException BeforeWrite(Exception e, string what, string directory)
    {
        EventStoreErrorKind kind = KindOf(e);
        string advice = kind switch
        {
            EventStoreErrorKind.Full => "the device is full; free some space and try again",
            EventStoreErrorKind.ReadOnly => "the device cannot be written to; make it writable and try again",
            _ => $"{e.Message}; see to the device and try again",
        };
        return new EventStoreException(kind, $"journal {directory}: {what} failed and nothing was written: {advice}", e);
    }

    /// <summary>A failure of the write or sync of an append.</summary>
    public static EventStoreException InWrite(Exception e, string directory, ulong position) => new(
        EventStoreErrorKind.Unknown,
        string.Create(CultureInfo.InvariantCulture,
            $"journal {directory}: writing at position {position} failed, so the append may or may not be in the log: {e.Message}; reopen the journal to find out"),
        e);

    /// <summary>What kind of failure an exception of the file system is.</summary>
    public static EventStoreErrorKind KindOf(Exception e) => e.HResult switch
    {
        ErrorNoSpace or WindowsDiskFull => EventStoreErrorKind.Full,
        ErrorQuotaLinux when OperatingSystem.IsLinux() => EventStoreErrorKind.Full,
        ErrorQuotaMac when OperatingSystem.IsMacOS() => EventStoreErrorKind.Full,
        ErrorReadOnly or WindowsWriteProtected => EventStoreErrorKind.ReadOnly,
        _ when e is UnauthorizedAccessException => EventStoreErrorKind.ReadOnly,
        _ => EventStoreErrorKind.Refused,
    };
}
