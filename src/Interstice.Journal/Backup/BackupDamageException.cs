using System.Globalization;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Bytes of a backup are not what they were when it was taken. Nothing was restored.</summary>
public sealed class BackupDamageException : EventStoreException
{
    /// <summary>Makes one.</summary>
    /// <param name="file">Path of the file.</param>
    /// <param name="offset">Offset in the file, in bytes; 0 when the whole of it was compared.</param>
    /// <param name="what">What was compared.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="found">What it is.</param>
    public BackupDamageException(string file, long offset, string what, string expected, string found)
        : base(EventStoreErrorKind.Damaged, string.Create(CultureInfo.InvariantCulture,
            $"{file} of the backup is damaged at byte {offset}: {what} should be {expected}, found {found}; use another backup"))
    {
        File = file;
        Offset = offset;
        What = what;
        Expected = expected;
        Found = found;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>Offset in the file, in bytes; 0 when the whole of it was compared.</summary>
    public long Offset { get; }

    /// <summary>What was compared.</summary>
    public string What { get; }

    /// <summary>What it should be.</summary>
    public string Expected { get; }

    /// <summary>What it is.</summary>
    public string Found { get; }
}
