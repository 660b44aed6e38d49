using System.Diagnostics;
using System.Runtime.InteropServices;
using Interstice.TestKit.Devices;

namespace Interstice.Cli.Tests.Support;

/// <summary>The real program in a process of its own, as it lies beside the tests.</summary>
public sealed partial class RunningProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly string Assembly = Path.Join(AppContext.BaseDirectory, "interstice.dll");
    private static readonly string Dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private RunningProgram(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public StreamReader Output => _process.StandardOutput;

    public int Id => _process.Id;

    /// <summary>Runs the program to its end.</summary>
    /// <param name="directory">The directory it runs in.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="variables">What to have in its environment.</param>
    public static async Task<ProgramResult> RunAsync(
        string directory,
        IEnumerable<string> arguments,
        params (string Name, string Value)[] variables)
    {
        using RunningProgram program = Start(directory, arguments, variables);
        string output = await program.Output.ReadToEndAsync(TestContext.Current.CancellationToken);
        return new ProgramResult(await program.WaitAsync(), output, await program._errors);
    }

    /// <summary>Runs the program to its end while one of its system calls fails.</summary>
    /// <param name="directory">The directory it runs in.</param>
    /// <param name="calls">Makes it fail.</param>
    /// <param name="call">Name of the call.</param>
    /// <param name="error">Name of the error.</param>
    /// <param name="at">Which call of a thread fails, from 1.</param>
    /// <param name="paths">Files whose calls count.</param>
    /// <param name="arguments">Its command line.</param>
    public static async Task<ProgramResult> RunFailingAsync(
        string directory,
        FailingCalls calls,
        string call,
        string error,
        int at,
        IEnumerable<string> paths,
        IEnumerable<string> arguments)
    {
        ProcessStartInfo start = calls.Start(call, error, at, paths, Dotnet, [Assembly, .. arguments]);
        start.WorkingDirectory = directory;
        using RunningProgram program = Start(start);
        string output = await program.Output.ReadToEndAsync(TestContext.Current.CancellationToken);
        return new ProgramResult(await program.WaitAsync(), output, await program._errors);
    }

    /// <summary>Starts the program.</summary>
    public static RunningProgram Start(
        string directory,
        IEnumerable<string> arguments,
        params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Dotnet)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Assembly);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return Start(start);
    }

    private static RunningProgram Start(ProcessStartInfo start)
    {
        Process process = Process.Start(start).ShouldNotBeNull();
        process.StandardInput.Close();
        return new RunningProgram(process);
    }

    /// <summary>Waits for the end; gives the exit code.</summary>
    public async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Waits for the end; gives the exit code and what was complained of.</summary>
    public async Task<(int Code, string Errors)> WaitForErrorsAsync() => (await WaitAsync(), await _errors);

    /// <summary>Presses Ctrl-C.</summary>
    public void Interrupt()
    {
        const int sigint = 2;
        Kill(_process.Id, sigint).ShouldBe(0);
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public void Terminate()
    {
        const int sigterm = 15;
        Kill(_process.Id, sigterm).ShouldBe(0);
    }

    /// <summary>Stops it in its tracks (SIGSTOP), until <see cref="Resume"/>.</summary>
    public void Pause()
    {
        const int sigstop = 19;
        Kill(_process.Id, sigstop).ShouldBe(0);
    }

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume()
    {
        const int sigcont = 18;
        Kill(_process.Id, sigcont).ShouldBe(0);
    }

    /// <summary>Kills it (SIGKILL) and waits for its end.</summary>
    /// <returns>False when it had ended before.</returns>
    public bool Kill()
    {
        bool isRunning = !_process.HasExited;
        _process.Kill();
        _process.WaitForExit();
        return isRunning;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
