using System.Globalization;
using Interstice.Journal.Files;

namespace Interstice.Journal.Repair;

/// <summary>Where a repair keeps the files that it changes when nobody names a place.</summary>
public static class RepairBackup
{
    /// <summary>A directory beside the store that is not there yet; it is not made.</summary>
    /// <param name="storeDirectory">The store.</param>
    /// <param name="now">The time that the name ends in.</param>
    /// <param name="work">What it is taken for, as a part of the name.</param>
    public static DirectoryFiles Beside(string storeDirectory, DateTimeOffset now, string work = "before-repair")
    {
        ArgumentNullException.ThrowIfNull(storeDirectory);
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Path.TrimEndingDirectorySeparator(storeDirectory)}.{work}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        string free = name;
        for (int number = 2; Path.Exists(free); number++) free = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        return new DirectoryFiles(free);
    }

    /// <summary>Removes a backup that a repair which failed has begun and emptied again.</summary>
    /// <param name="backup">The backup, which was not there before the repair.</param>
    public static void RemoveEmpty(DirectoryFiles backup)
    {
        ArgumentNullException.ThrowIfNull(backup);
        if (backup.DirectoryExists && backup.List().Count == 0) Directory.Delete(backup.Directory);
    }
}
