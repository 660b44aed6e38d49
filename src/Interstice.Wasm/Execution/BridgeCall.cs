namespace Interstice.Wasm.Execution;

/// <summary>First argument of an emitted bridge: an indirect call to a function of another instance or of the
/// host.</summary>
internal sealed class BridgeCall(GuestState caller, Function function)
{
    /// <summary>The calling instance, which receives the results after the first.</summary>
    public readonly GuestState Caller = caller;

    /// <summary>The called function.</summary>
    public readonly Function Function = function;
}
