using Interstice.Host.Modules;
using Interstice.Kernel.Events;

namespace Interstice.Host.Commands;

/// <summary>How a query ended.</summary>
public abstract record QueryOutcome
{
    private QueryOutcome()
    {
    }

    /// <summary>The answer.</summary>
    /// <param name="Revision">The durable revision of the module's stream that it rests on.</param>
    /// <param name="Value">The value in the canonical encoding.</param>
    /// <param name="Fuel">Fuel used.</param>
    public sealed record Answered(Revision Revision, ReadOnlyMemory<byte> Value, ulong Fuel) : QueryOutcome;

    /// <summary>The query said no.</summary>
    /// <param name="Error">Its text.</param>
    public sealed record Rejected(string Error) : QueryOutcome;

    /// <summary>The query trapped or reached a limit.</summary>
    /// <param name="Kind">What happened.</param>
    /// <param name="Error">What happened and where.</param>
    public sealed record Trapped(ModuleTrapKind Kind, string Error) : QueryOutcome;

    /// <summary>The query never ran to its end.</summary>
    /// <param name="Kind">Why.</param>
    /// <param name="Error">Why, and what to do.</param>
    public sealed record Refused(CallRefusal Kind, string Error) : QueryOutcome;
}
