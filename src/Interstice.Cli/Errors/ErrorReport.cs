using Interstice.Host.Commands;
using Interstice.Host.Inspection;
using Interstice.Host.Modules;
using Interstice.Host.Projections;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Schema;

namespace Interstice.Cli.Errors;

/// <summary>What a failure looks like from outside: an exit code and a sentence.</summary>
internal static class ErrorReport
{
    /// <summary>Writes the sentence to standard error; with details if they are wanted.</summary>
    /// <param name="fault">What happened.</param>
    /// <param name="isVerbose">Whether the stack trace is wanted.</param>
    /// <returns>The exit code.</returns>
    public static ExitCode Write(Exception fault, bool isVerbose)
    {
        (ExitCode code, string sentence) = Describe(fault);
        WriteSentence(sentence);
        if (fault.InnerException is ExpressionException expression && !Console.IsErrorRedirected)
            Console.Error.WriteLine(expression.Pointer());
        if (isVerbose && fault is not OperationCanceledException) Console.Error.WriteLine(fault);
        return code;
    }

    /// <summary>Writes a sentence to standard error.</summary>
    public static void WriteSentence(string sentence) => Console.Error.WriteLine($"interstice: {OneLine(sentence)}");

    private static (ExitCode Code, string Sentence) Describe(Exception fault) => fault switch
    {
        CliException known => (known.Code, known.Message),
        OperationCanceledException => (ExitCode.Interrupted, "interrupted; what was acknowledged is in the store"),
        EventStoreException store => (CodeOf(store.Kind), store.Message),
        ReplayException replay => (ExitCode.Damaged, replay.Message),
        ModuleRefusedException refused => (ExitCode.Failed, refused.Message),
        ModuleUnavailableException unavailable => (ExitCode.Failed, unavailable.Message),
        LogMatchException match => (ExitCode.Failed, $"--{match.Message}"),
        SchemaException schema => (ExitCode.Failed, schema.Message),
        EventFormatException format => (ExitCode.Damaged, format.Message),
        UnauthorizedAccessException or IOException => (ExitCode.Unopened, fault.Message),
        _ => (
            ExitCode.Failed,
            $"internal error, {fault.GetType().Name}: {fault.Message}; run again with --verbose and report it"),
    };

    private static ExitCode CodeOf(EventStoreErrorKind kind) => kind switch
    {
        EventStoreErrorKind.Damaged => ExitCode.Damaged,
        EventStoreErrorKind.InUse or EventStoreErrorKind.Unavailable or EventStoreErrorKind.ReadOnly
            or EventStoreErrorKind.UnknownFormat => ExitCode.Unopened,
        _ => ExitCode.Failed,
    };

    private static string OneLine(string text) =>
        string.Join(
            ' ',
            text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
