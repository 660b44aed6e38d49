using System.Diagnostics;

namespace Interstice.Wasm.Tests.Hunting;

/// <summary>Starts the program of the tests again, in a process of its own.</summary>
internal static class SelfProcess
{
    /// <summary>Runs a command to its end.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="timeMax">How long it may take; then it is ended.</param>
    /// <returns>Exit code, null when it took too long, and everything it wrote.</returns>
    public static (int? ExitCode, string Output) Run(
        string[] arguments, IReadOnlyDictionary<string, string> environment, TimeSpan timeMax)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SelfProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        bool hasEnded = process.WaitForExit(timeMax);
        if (!hasEnded) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (hasEnded ? process.ExitCode : null, output.Result + errors.Result);
    }
}
