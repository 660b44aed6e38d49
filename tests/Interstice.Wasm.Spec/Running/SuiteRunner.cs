using System.Runtime.ExceptionServices;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Spec.Suites;

namespace Interstice.Wasm.Spec.Running;

/// <summary>Runs suites.</summary>
public static class SuiteRunner
{
    /// <summary>Runs one file, on a thread of its own with the stack that guests need.</summary>
    /// <param name="file">The file.</param>
    public static FileResult Run(SuiteFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        CommandResult[]? results = null;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    using var runner = new FileRunner(file);
                    results = [.. file.Commands.Select(runner.Run)];
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            GuestStack.BytesFor(2 * InstanceOptions.Default.CallDepthMax));
        thread.Start();
        thread.Join();
        failure?.Throw();
        return new FileResult(file.Name, results!);
    }
}
