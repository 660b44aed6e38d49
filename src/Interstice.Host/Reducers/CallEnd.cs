using Interstice.Host.Modules;

namespace Interstice.Host.Reducers;

/// <summary>How a guest call ended. The result and the mutations of a success stay with the runner until the next call.</summary>
internal abstract record CallEnd
{
    private CallEnd()
    {
    }

    /// <summary>The guest returned 0.</summary>
    public sealed record Succeeded : CallEnd
    {
        /// <summary>The only instance.</summary>
        public static readonly Succeeded Instance = new();
    }

    /// <summary>The guest said no.</summary>
    /// <param name="Error">Its text.</param>
    public sealed record Rejected(string Error) : CallEnd;

    /// <summary>The guest trapped.</summary>
    /// <param name="Trap">What happened.</param>
    public sealed record Trapped(ModuleTrapException Trap) : CallEnd;

    /// <summary>The clock stopped the guest; nothing that it did counts.</summary>
    /// <param name="Error">What took how long.</param>
    public sealed record TimedOut(string Error) : CallEnd;
}
