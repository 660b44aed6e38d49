using System.Buffers.Binary;
using Interstice.Cli.Errors;
using Interstice.Host.Commands;
using Interstice.Kernel.Events;
using MediatR;

namespace Interstice.Cli.Demo;

/// <summary>Concurrent callers, each making its planned calls one after another.</summary>
/// <param name="mediator">Takes the calls.</param>
/// <param name="module">Name of the bank.</param>
/// <param name="plan">The calls.</param>
/// <param name="phase">Which phase of the plan.</param>
/// <param name="answers">Is told of every answer.</param>
internal sealed class BankLoad(IMediator mediator, string module, LoadPlan plan, int phase, IAcknowledgements answers)
{
    /// <summary>Runs the callers.</summary>
    /// <param name="callers">How many.</param>
    /// <param name="calls">Calls of all of them together, shared out evenly.</param>
    /// <param name="cancellationToken">Stops each before its next call.</param>
    /// <exception cref="CliException">A call ended in a way that the plan has no place for.</exception>
    public Task RunAsync(int callers, long calls, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(
            () => RunCallerAsync(caller, (calls / callers) + (caller < calls % callers ? 1 : 0), cancellationToken),
            cancellationToken)));

    private async Task RunCallerAsync(int caller, long calls, CancellationToken cancellationToken)
    {
        Identity identity = LoadPlan.Identify(phase, caller);
        for (long number = 0; number < calls; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BankCall call = plan.Call(phase, caller, number);
            CallOutcome outcome = await mediator
                .Send(new CallReducer(module, call.Reducer, call.Encode(), identity), CancellationToken.None)
                .ConfigureAwait(false);
            answers.Add(caller, number, Read(call, outcome));
        }
    }

    private Acknowledgement Read(BankCall call, CallOutcome outcome) => outcome switch
    {
        CallOutcome.Committed committed =>
            new(true, committed.Revision.Value, BinaryPrimitives.ReadUInt64LittleEndian(committed.Value.Span)),
        CallOutcome.Rejected => new(false, 0, 0),
        CallOutcome.Trapped trapped => throw Failed(call, trapped.Error),
        CallOutcome.Refused refused => throw Failed(call, refused.Error),
        CallOutcome.Unknown unknown => throw Failed(call, unknown.Error),
        _ => throw Failed(call, outcome.ToString()),
    };

    private CliException Failed(BankCall call, string error) =>
        new(ExitCode.Failed, $"a call of {module}.{call.Reducer} failed: {error}");
}
