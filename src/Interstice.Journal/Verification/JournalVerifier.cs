using System.Globalization;
using Interstice.Journal.Archive;
using Interstice.Journal.Files;
using Interstice.Journal.Index;
using Interstice.Journal.Segments;
using Interstice.Kernel.Events;

namespace Interstice.Journal.Verification;

/// <summary>Checks every byte of a journal. Never writes; works on a store that is closed, open elsewhere, or damaged.</summary>
public static class JournalVerifier
{
    /// <summary>Most errors that a report lists.</summary>
    public const int ErrorsMax = 1000;

    private static readonly TimeSpan TailPatience = TimeSpan.FromMilliseconds(20);
    private const int TailLooks = 5;

    /// <summary>Checks the journal in a directory of the file system.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="time">Used to wait a moment where another process seems to be writing.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Unavailable"/>: there is no journal, or it cannot be
    /// read at all.</exception>
    public static ValueTask<VerificationReport> VerifyAsync(
        string directory,
        IProgress<long>? progress = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default) =>
        VerifyAsync(new DirectoryFiles(directory), progress, time, cancellationToken);

    /// <summary>Checks a journal.</summary>
    /// <param name="files">Its directory.</param>
    /// <param name="progress">Told the number of bytes read, now and then.</param>
    /// <param name="time">Used to wait a moment where another process seems to be writing.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Unavailable"/>: there is no journal, or it cannot be
    /// read at all.</exception>
    public static ValueTask<VerificationReport> VerifyAsync(
        IJournalFiles files,
        IProgress<long>? progress = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        return VerifyAsync(files, new VerificationOptions(), progress, time, cancellationToken);
    }

    /// <summary>Checks a journal.</summary>
    /// <param name="files">Its directory.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the number of bytes read, now and then; on any thread, but one after the other.</param>
    /// <param name="time">Used to wait a moment where another process seems to be writing.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="EventStoreException">Kind <see cref="EventStoreErrorKind.Unavailable"/>: there is no journal, or it cannot be
    /// read at all.</exception>
    public static ValueTask<VerificationReport> VerifyAsync(
        IJournalFiles files,
        VerificationOptions options,
        IProgress<long>? progress = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WindowBytes, VerificationOptions.WindowBytesMin);
        IJournalFiles withArchive = StoreFiles.Of(files);
        return new(Task.Run(
            () => VerifyTailPatientlyAsync(withArchive, options, progress, time ?? TimeProvider.System, cancellationToken),
            cancellationToken));
    }

    // A torn tail may be a write that is under way. It is looked at again until it stays as it is.
    private static async Task<VerificationReport> VerifyTailPatientlyAsync(
        IJournalFiles files, VerificationOptions options, IProgress<long>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            using LogVerifier verifier = new(files, new VerificationProgress(progress, cancellationToken));
            await verifier.ReadAllAsync(options).ConfigureAwait(false);
            TornTail? torn = verifier.TornTail;
            for (int look = 1; torn is not null && look < TailLooks; look++)
            {
                await Task.Delay(TailPatience, time, cancellationToken).ConfigureAwait(false);
                verifier.ReadTailAgain();
                if (verifier.TornTail?.Offset != torn.Offset) look = 0;
                torn = verifier.TornTail;
            }

            return verifier.Report();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EventStoreException(EventStoreErrorKind.Unavailable,
                string.Create(CultureInfo.InvariantCulture, $"the journal {files.Directory} cannot be read: {e.Message}"), e);
        }
    }
}
