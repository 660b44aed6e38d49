using System.Diagnostics;
using System.Globalization;
using Interstice.Cli.Commands;
using Interstice.Cli.Errors;
using Interstice.Cli.Stores;

namespace Interstice.Cli.Demo;

/// <summary>A second process of this program that works on the store and is killed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource _working = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _listening;
    private readonly List<string> _complaints = [];
    private bool _isKilled;

    private WorkerProcess(Process process, PhaseAnswers answers)
    {
        _process = process;
        Answers = answers;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text) lock (_complaints) _complaints.Add(text);
        };
        process.BeginErrorReadLine();
        _listening = Task.Run(ListenAsync);
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>What it was told and told on.</summary>
    public PhaseAnswers Answers { get; }

    /// <summary>Starts the process.</summary>
    /// <param name="store">The store: a directory, or the address of a store elsewhere.</param>
    /// <param name="phase">Phase of the plan.</param>
    /// <param name="options">Size and seed.</param>
    public static WorkerProcess Start(string store, int phase, DemoOptions options)
    {
        ProcessStartInfo start = Self();
        string[] arguments =
        [
            DemoWorkerCommand.Name,
            "--phase", Text(phase),
            "--callers", Text(options.Callers),
            "--accounts", Text(options.Accounts),
            "--seed", Text(options.Seed),
            "--module", options.Module,
            .. options.StoreOptions.SelectMany(pair => new[] { pair.Key, pair.Value }),
            .. options.Engine is { } engine ? (string[])["--engine", engine] : [],
        ];

        // In the environment and not among the arguments, which everybody can see: an address may hold a password.
        start.Environment[StoreAccess.StoreVariable] = RemoteAddress.TryParse(store) is null ? Path.GetFullPath(store) : store;
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)
            ?? throw new CliException(ExitCode.Failed, $"a second process of {start.FileName} could not be started");
        return new WorkerProcess(process, new PhaseAnswers(phase, options.Callers));
    }

    /// <summary>Waits until it has answered a call.</summary>
    /// <exception cref="CliException">It ended instead.</exception>
    public async Task WaitUntilWorkingAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_working.Task, _listening).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!_working.Task.IsCompleted) throw await EndedAsync().ConfigureAwait(false);
    }

    /// <summary>Kills it (SIGKILL: it can do nothing about it) and takes in what it had said before.</summary>
    /// <exception cref="CliException">It had ended by itself.</exception>
    public async Task KillAsync()
    {
        if (_listening.IsCompleted) throw await EndedAsync().ConfigureAwait(false);
        _process.Kill();
        _isKilled = true;
        await _listening.ConfigureAwait(false);
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isKilled && !_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static ProcessStartInfo Self()
    {
        string program = Environment.ProcessPath
            ?? throw new CliException(
                ExitCode.Failed,
                "the path of this program is not known, so it cannot be started again");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        if (isHost) start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        return start;
    }

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);

    private async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            WorkerLines.Read(line, Answers);
            if (Answers.Committed > 0) _working.TrySetResult();
        }
    }

    private async Task<CliException> EndedAsync()
    {
        await _listening.ConfigureAwait(false);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        string said;
        lock (_complaints) said = _complaints.Count == 0 ? "it said nothing" : string.Join(' ', _complaints);
        return new CliException(
            ExitCode.Failed,
            $"the working process ended by itself with code {_process.ExitCode}: {said}");
    }
}
