namespace Interstice.Wasm.Execution;

/// <content>Fuel, depth, the image, and stopping.</content>
public sealed partial class Instance
{
    /// <summary>Remaining fuel; 0 when metering is off. Setting it makes the next call start with that much.</summary>
    /// <exception cref="ArgumentOutOfRangeException">On setting: below 0.</exception>
    public long Fuel
    {
        get => Math.Max(0, _state.Fuel);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _state.StopRequested = 0;
            if (Code.Options.Metering) _state.Fuel = value;
        }
    }

    /// <summary>Remaining call depth, in the units of docs/formats/fuel.md. A host that lets instances call one another
    /// hands what the caller has left to the callee, so that one thread's stack is enough for all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">On setting: below 0.</exception>
    public int CallDepthRemaining
    {
        get => Math.Max(0, _state.Depth);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _state.Depth = value;
        }
    }

    /// <summary>Takes fuel for work that the host does for the guest; does nothing when metering is off.</summary>
    /// <param name="amount">How much; from 0.</param>
    /// <exception cref="WasmTrapException">There is not that much left; then none is.</exception>
    public void ChargeFuel(long amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        if (!Code.Options.Metering) return;
        long left = _state.Fuel - amount;
        _state.Fuel = Math.Max(0, left);
        if (left < 0) throw new WasmTrapException(WasAborted() ? TrapKind.Aborted : TrapKind.FuelExhausted);
    }

    /// <summary>Finds where in the guest an exception of a host function was thrown, once it has left the
    /// guest.</summary>
    /// <param name="exception">What came out of a call.</param>
    /// <returns>The guest's function that called the host, or null when the exception came through none.</returns>
    public GuestLocation? Locate(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return Boundary.Locate(Code, exception);
    }

    /// <summary>Takes the image to which <see cref="Reset"/> goes back: memory and its size, globals, tables, dropped
    /// segments. Imported memories, tables and mutable globals are part of it.</summary>
    /// <remarks>Neither this nor <see cref="Reset"/> may be called while the guest runs.</remarks>
    public void CaptureImage()
    {
        _state.CaptureGlobals();
        Memory?.CaptureImage();
        foreach (Table table in _tables) table.CaptureImage();
        foreach (int cell in Code.CellIndices) _globals[cell]!.CaptureImage();
        _segments.CaptureImage();
    }

    /// <summary>Goes back to the image, at the cost of what was written since. Fuel is left as it is.</summary>
    public void Reset()
    {
        _state.RestoreGlobals();
        Memory?.RestoreImage();
        foreach (Table table in _tables) table.RestoreImage();
        foreach (int cell in Code.CellIndices) _globals[cell]!.RestoreImage();
        _segments.RestoreImage();
    }

    /// <summary>Asks the running guest to stop with <see cref="TrapKind.Aborted"/>, from any thread.</summary>
    /// <remarks>Loops stop at their next turn. Guests that recurse without loops stop when they next read their fuel, which a
    /// charge that is under way can set back: call it again until the guest's call has ended. Needs metering. A request made
    /// when no call is running stops the next one: the host sees to it that it does not come late (it sets
    /// <see cref="Fuel"/> before every call, under the lock that it aborts under).</remarks>
    public void Abort()
    {
        Volatile.Write(ref _state.StopRequested, 1);
        Volatile.Write(ref _state.Fuel, -1);
    }

    /// <summary>Whether an abort was requested since the last time this was asked.</summary>
    internal bool WasAborted() => Interlocked.Exchange(ref _state.StopRequested, 0) != 0;
}
