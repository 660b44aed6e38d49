using Interstice.Cli.Errors;

namespace Interstice.Cli.Stores;

/// <summary>Reads files that the command line names.</summary>
internal static class InputFile
{
    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="bytesMax">Largest file that is read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static async Task<byte[]> ReadAsync(string path, long bytesMax, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) throw Unreadable(path, "is a directory; name a file", null);
        try
        {
            long length = new FileInfo(path).Length;
            if (length > bytesMax)
                throw Unreadable(path, $"has {length} bytes, at most {bytesMax} are read; name another file", null);
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable(path, "does not exist; check the path", fault);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw Unreadable(path, "may not be read by this user; change its permissions", fault);
        }
    }

    private static CliException Unreadable(string path, string why, Exception? fault) =>
        new(ExitCode.Unopened, $"{path} {why}", fault);
}
