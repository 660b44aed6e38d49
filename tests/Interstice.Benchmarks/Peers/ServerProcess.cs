using System.Diagnostics;

namespace Interstice.Benchmarks.Peers;

/// <summary>A server that ends with this process, however this one ends.</summary>
internal sealed class ServerProcess : IDisposable
{
    // The shell waits for the end of its input, which comes when this process ends the server or itself is gone.
    private const string Script = """end=$1; shift; "$@" & server=$!; read -r _; kill "-$end" $server; wait $server""";
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _shell;

    private ServerProcess(Process shell) => _shell = shell;

    /// <summary>Starts a program in the background.</summary>
    /// <param name="signal">What ends it in order, such as TERM.</param>
    /// <param name="user">Whom to run it as; null for the present user.</param>
    /// <param name="command">The program and its arguments.</param>
    public static ServerProcess Start(string signal, string? user, params string[] command)
    {
        ProcessStartInfo start = StartOf(user, ["/bin/sh", "-c", Script, "sh", signal, .. command]);
        start.RedirectStandardInput = true;
        return new ServerProcess(Process.Start(start)!);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="PeerMissingException">It failed; holds what it printed.</exception>
    public static void Run(string? user, params string[] command)
    {
        ProcessStartInfo start = StartOf(user, command);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new PeerMissingException($"{command[0]} failed: {errors.GetAwaiter().GetResult().Trim()}");
    }

    /// <summary>Path of a program: of the path, or of further directories.</summary>
    public static string? Find(string name, params IEnumerable<string> directories) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(directories)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Tries until a server answers.</summary>
    /// <exception cref="PeerMissingException">It ended, or did not answer in time.</exception>
    public void WaitFor(string name, TimeSpan timeout, Func<bool> answers)
    {
        long started = Stopwatch.GetTimestamp();
        while (!answers())
        {
            if (_shell.HasExited || Stopwatch.GetElapsedTime(started) > timeout)
                throw new PeerMissingException($"{name} was started and did not answer");
            Thread.Sleep(2);
        }
    }

    /// <summary>Ends the server and waits until it has ended.</summary>
    public void Dispose()
    {
        _shell.StandardInput.Close();
        if (!_shell.WaitForExit(StopTimeout)) _shell.Kill(entireProcessTree: true);
        _shell.Dispose();
    }

    private static ProcessStartInfo StartOf(string? user, string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..]) { WorkingDirectory = Path.GetTempPath() };
        if (user is not null) start.UserName = user;
        return start;
    }
}
