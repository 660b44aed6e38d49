using Interstice.Journal.Writing;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>Turns what the file system throws into what the journal throws.</summary>
internal static class BackupFailure
{
    /// <summary>Runs some work.</summary>
    /// <param name="what">What failed, if it fails.</param>
    /// <param name="work">The work.</param>
    public static T Guard<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (WriteFailure.IsOfFiles(e))
        {
            throw Of(what, e);
        }
    }

    /// <summary>The failure.</summary>
    public static EventStoreException Of(string what, Exception e)
    {
        EventStoreErrorKind kind = WriteFailure.KindOf(e);
        string advice = kind switch
        {
            EventStoreErrorKind.Full => "the device is full; free some space and begin again",
            EventStoreErrorKind.ReadOnly => $"{e.Message}; make it writable and begin again",
            _ => $"{e.Message}; see to the device and begin again",
        };
        return new EventStoreException(
            kind == EventStoreErrorKind.Refused ? EventStoreErrorKind.Unavailable : kind, $"{what}: {advice}", e);
    }
}
