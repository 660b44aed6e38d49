using System.Diagnostics;

namespace Interstice.TestKit.Devices;

/// <summary>A memory file system of a few megabytes, mounted on a folder of its own: a device that fills up.</summary>
public sealed class SmallDevice : IDisposable
{
    private SmallDevice(string path) => Path = path;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts one; skips the test where this user may not.</summary>
    public static async Task<SmallDevice> MountAsync(int megabytes)
    {
        Requirement.Unix();
        string path = Directory.CreateTempSubdirectory("interstice-small-").FullName;
        bool isMounted = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);
        if (!isMounted) Directory.Delete(path);
        Requirement.Expect(isMounted, "tmpfs", "run as a user who may mount a tmpfs");
        return new SmallDevice(path);
    }

    public void Dispose()
    {
        RunAsync("umount", Path).GetAwaiter().GetResult();
        Directory.Delete(Path);
    }

    private static async Task<bool> RunAsync(string program, params IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // There is no such program.
        }
    }
}
