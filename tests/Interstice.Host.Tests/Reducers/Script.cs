using System.Buffers.Binary;

namespace Interstice.Host.Tests.Reducers;

/// <summary>What tests/modules/plain/relay.wat is to do, in this module and in others.</summary>
internal sealed class Script
{
    private readonly List<byte> _steps = [];

    public byte[] Bytes => [.. _steps];

    /// <summary>A script of steps that are there already.</summary>
    public static Script Of(byte[] steps) => new Script().Add(steps);

    /// <summary>The argument of the reducer.</summary>
    public byte[] Arguments
    {
        get
        {
            byte[] arguments = new byte[4 + _steps.Count];
            BinaryPrimitives.WriteInt32LittleEndian(arguments, _steps.Count);
            _steps.CopyTo(arguments, 4);
            return arguments;
        }
    }

    public Script Put(byte key, byte value) => Add(1, key, value);

    /// <summary>Calls a module and goes on if it says no.</summary>
    public Script Try(char module, Script script) => Nest(2, module, script);

    /// <summary>Calls a module and says no if it does.</summary>
    public Script Call(char module, Script script) => Nest(3, module, script);

    public Script Reject() => Add(4);

    public Script Trap() => Add(5);

    public Script Delete(byte key) => Add(6, key);

    public Script PutRandom(byte key) => Add(7, key);

    public Script PutCallerModule(byte key) => Add(8, key);

    public Script RunForEver() => Add(9);

    public Script PutResult(byte key) => Add(10, key);

    public Script PutNow(byte key) => Add(11, key);

    public Script CallUndeclared() => Add(12);

    public Script CallPrivate(char module) => Nest(13, module, new Script());

    public Script CallWithBadArguments(char module) => Add(14, (byte)(module - 'a'));

    public Script RecurseForEver() => Add(15);

    public Script Emit(byte payload) => Add(16, payload);

    public Script CallNobody() => Add(17);

    public Script PutCaller(byte key) => Add(18, key);

    /// <summary>Gives the text of a rejection, and goes on all the same.</summary>
    public Script SayNo() => Add(19);

    private Script Nest(byte step, char module, Script script) => Add([step, (byte)(module - 'a'), .. script.Arguments]);

    private Script Add(params ReadOnlySpan<byte> bytes)
    {
        _steps.AddRange(bytes);
        return this;
    }
}
