using System.Text;
using Interstice.Host.Modules;

namespace Interstice.Host.Abi;

/// <summary>Calls of reducers of other modules within the transaction.</summary>
public sealed partial class HostImports
{
    private byte[] _callerModule = [];
    private int _mutationsElsewhere;
    private long _bytesElsewhere;

    /// <summary>Runs what the guest calls; null where a module runs alone, as when a build is tried out.</summary>
    internal IModuleCalls? Calls { get; init; }

    /// <summary>The reducer or query that runs.</summary>
    internal string Function => _function;

    /// <summary>The instance whose guest calls.</summary>
    internal IModuleInstance Instance => Guest;

    /// <summary>Calls a reducer of another module, as declared, within this transaction. Results: the length of its return value, which
    /// <c>result</c> gives; <see cref="AbiCodes.CallFailed"/> when it said no, with its text. Traps: not declared, no such module or
    /// reducer, a private one, arguments that do not fit, a module that the call goes through already, in a query, address; and whatever
    /// traps in it.</summary>
    public int Call(int module, int moduleLength, int reducer, int reducerLength, int arguments, int length)
    {
        ExpectWritable("call");
        ExpectNoMigration("call");
        string called = ReadText(module, moduleLength, "the name of the module");
        string name = ReadText(reducer, reducerLength, "the name of the reducer");
        ReadOnlySpan<byte> bytes = Guest.Read(arguments, length);
        Charge(HostCallCosts.Call, length);
        if (Calls is null) throw Misuse($"{_schema.Name}.{_function} calls {called}.{name}, and no other module runs beside it here");
        return Calls.Call(this, called, name, bytes);
    }

    /// <summary>Begins a call that another module's reducer makes, over what the transaction has in <see cref="Overlay"/>.</summary>
    /// <param name="function">Name of the reducer.</param>
    /// <param name="caller">The imports of the module that calls.</param>
    /// <param name="callerModule">Its name.</param>
    /// <param name="others">Mutations and bytes that the transaction has in all other modules.</param>
    internal void BeginNested(string function, HostImports caller, string callerModule, (int Mutations, long Bytes) others)
    {
        _mode = CallMode.Reducer;
        _function = function;
        _caller = caller._caller;
        _timeUs = caller._timeUs;
        _random = caller._random;
        _logLines = caller._logLines;
        _firing = default;
        _failText = null;
        _needed = 0;
        _result.Clear();
        _lastText.Clear();
        _callerModule = Encoding.UTF8.GetBytes(callerModule);
        (_mutationsElsewhere, _bytesElsewhere) = others;
    }

    /// <summary>Ends it. What it drew of the transaction's random numbers stays drawn, whatever its end.</summary>
    internal void EndNested(HostImports caller)
    {
        End();
        caller._random = _random;
        caller._logLines = _logLines;
    }

    /// <summary>A reducer that this one called has ended with success: its return value is what <c>result</c> gives.</summary>
    /// <param name="value">The return value.</param>
    /// <param name="others">Mutations and bytes that the transaction has in all other modules now.</param>
    internal int TakeNested(ReadOnlySpan<byte> value, (int Mutations, long Bytes) others)
    {
        (_mutationsElsewhere, _bytesElsewhere) = others;
        _lastText.Clear();
        _lastText.Raw(value);
        return value.Length;
    }

    /// <summary>A reducer that this one called said no.</summary>
    /// <param name="reason">Its text.</param>
    /// <param name="others">Mutations and bytes that the transaction has in all other modules now.</param>
    internal int RefuseNested(string reason, (int Mutations, long Bytes) others)
    {
        (_mutationsElsewhere, _bytesElsewhere) = others;
        SetText(reason);
        return AbiCodes.CallFailed;
    }
}
