using System.Diagnostics;

namespace Interstice.TestKit.Devices;

/// <summary>Runs a program under strace, which lets one of its system calls fail.</summary>
/// <remarks>strace counts calls for each thread by itself, so that the n-th call may fail on several threads; <see cref="Log"/> says
/// where it did. With paths, only calls on these files are counted.</remarks>
public sealed class FailingCalls : IDisposable
{
    private const string Injected = "(INJECTED)";

    private readonly string _strace;
    private readonly string _log = Path.GetTempFileName();

    private FailingCalls(string strace) => _strace = strace;

    /// <summary>The traced calls of the last run, a line each.</summary>
    public string[] Log => File.ReadAllLines(_log);

    /// <summary>How many calls were made to fail in the last run.</summary>
    public int Failed => Log.Count(line => line.Contains(Injected, StringComparison.Ordinal));

    /// <summary>Finds strace; skips the test where it is missing or may not trace.</summary>
    public static async Task<FailingCalls> PrepareAsync()
    {
        FailingCalls calls = new(Requirement.Command("strace"));
        bool isAllowed = false;
        try
        {
            using Process process = Process.Start(calls.Start("fsync", error: null, at: 1, [], "true", []))!;
            await process.WaitForExitAsync();
            isAllowed = process.ExitCode == 0;
        }
        finally
        {
            if (!isAllowed) calls.Dispose();
        }

        Requirement.Expect(isAllowed, "strace", "run where a process may be traced (ptrace)");
        return calls;
    }

    /// <summary>How to start a program.</summary>
    /// <param name="call">Name of the system call.</param>
    /// <param name="error">Name of the error, EIO for example; null to let none fail.</param>
    /// <param name="at">Which call of a thread fails, from 1.</param>
    /// <param name="paths">Files whose calls count; none for all.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public ProcessStartInfo Start(
        string call, string? error, int at, IEnumerable<string> paths, string program, IEnumerable<string> arguments)
    {
        List<string> line = ["-f", "-qq", "-o", _log, "-e", $"trace={call}"];
        if (error is not null) line.AddRange(["-e", $"inject={call}:error={error}:when={at}"]);
        foreach (string path in paths) line.AddRange(["-P", path]);
        return new ProcessStartInfo(_strace, [.. line, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }

    /// <summary>Removes the log.</summary>
    public void Dispose() => File.Delete(_log);
}
