using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Abi;

/// <summary>Events, results, texts, and what the transaction record gives.</summary>
public sealed partial class HostImports
{
    // Longer texts are cut: they are for people.
    private const int TextLengthMax = 4096;
    private const int LogLevelMax = 5;

    /// <summary>Emits an event of a declared name. Traps: unknown name, payload that is not canonical, in a query, limits,
    /// address.</summary>
    public void Emit(int name, int nameLength, int payload, int length)
    {
        ExpectWritable("emit");
        ExpectNoMigration("emit");
        string text = ReadText(name, nameLength, "an event name");
        EventSchema declared = _schema.FindEvent(text) ?? throw Misuse($"event \"{text}\" is not declared");
        ReadOnlySpan<byte> bytes = Guest.Read(payload, length);
        if (!CanonicalEncoding.TryValidate(declared.Payload, bytes, out ValueError error))
            throw Misuse($"the payload of event \"{text}\" is not canonical: {error}");
        Charge(HostCallCosts.Message, length);
        CheckMutationLimit();
        Overlay.Emit(declared.Number, bytes);
    }

    /// <summary>Takes the return value; the last one counts. Traps: too long, address.</summary>
    public void Returns(int value, int length)
    {
        ExpectRunning("returns");
        ReadOnlySpan<byte> bytes = Guest.Read(value, length);
        Charge(HostCallCosts.Message, length);
        if (bytes.Length > _limits.ResultBytesMax)
        {
            throw new ModuleTrapException(
                ModuleTrapKind.Limit,
                $"the result has {bytes.Length} bytes, at most {_limits.ResultBytesMax} are allowed (ResultBytesMax)");
        }

        _result.Clear();
        _result.Raw(bytes);
    }

    /// <summary>Takes the text for a rejection; the last one counts. Traps: not UTF-8, address.</summary>
    public void Fail(int text, int length)
    {
        ExpectRunning("fail");
        string reason = ReadText(text, length, "the text given to fail");
        Charge(HostCallCosts.Message, length);
        _failText = reason.Length > TextLengthMax ? reason[..TextLengthMax] : reason;
    }

    /// <summary>Logs a line. Traps: unknown level, not UTF-8, address.</summary>
    public void Log(int level, int text, int length)
    {
        ExpectRunning("log");
        if ((uint)level > LogLevelMax) throw Misuse($"{level} is no log level; levels are 0 (trace) to {LogLevelMax} (critical)");
        string line = ReadText(text, length, "a log line");
        Charge(HostCallCosts.Message, length);
        if (line.Length > TextLengthMax) line = line[..TextLengthMax];
        if (_logLines++ < _limits.LogLinesMax) _log.Write(level, _function, line);
    }

    /// <summary>Microseconds since the Unix epoch, fixed for the transaction.</summary>
    public long Now()
    {
        ExpectRunning("now");
        Charge(HostCallCosts.Small);
        return _timeUs;
    }

    /// <summary>Next of the transaction's generator.</summary>
    public long Random()
    {
        ExpectRunning("random");
        Charge(HostCallCosts.Small);
        return (long)_random.Next();
    }

    /// <summary>Writes the 32 bytes of the caller's identity. Traps: address.</summary>
    public void Caller(int destination)
    {
        ExpectRunning("caller");
        Charge(HostCallCosts.Small);
        _caller.Write(Guest.Write(destination, Identity.Bytes));
    }

    /// <summary>Name of the module whose reducer called this one. Results: its length, 0 when it was called from outside,
    /// <see cref="AbiCodes.BufferTooSmall"/>. Traps: address.</summary>
    public int CallerModule(int destination, int capacity)
    {
        ExpectRunning("caller_module");
        CheckBuffer(destination, capacity);
        Charge(HostCallCosts.Small);
        if (capacity < _callerModule.Length) return TooSmall(_callerModule.Length);
        _callerModule.CopyTo(Guest.Write(destination, _callerModule.Length));
        return _callerModule.Length;
    }

    /// <summary>Text of the last result below zero, or the return value of the last <c>call</c>. Results: its length, <see cref="AbiCodes.BufferTooSmall"/>. Traps: address.
    /// </summary>
    public int Result(int destination, int capacity)
    {
        ExpectRunning("result");
        CheckBuffer(destination, capacity);
        Charge(HostCallCosts.Message, _lastText.Length);
        if (capacity < _lastText.Length)
        {
            _needed = _lastText.Length;
            return AbiCodes.BufferTooSmall;
        }

        _lastText.Written.CopyTo(Guest.Write(destination, _lastText.Length));
        return _lastText.Length;
    }

    /// <summary>Bytes that the last too small buffer should have had.</summary>
    public int Needed()
    {
        ExpectRunning("needed");
        Charge(HostCallCosts.Small);
        return _needed;
    }
}
