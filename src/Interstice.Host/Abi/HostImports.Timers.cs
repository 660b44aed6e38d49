using System.Buffers.Binary;
using Interstice.Host.Modules;
using Interstice.Host.Timers;
using Interstice.Kernel.Events;
using Interstice.Kernel.Mutations;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Abi;

/// <summary>Durable timers.</summary>
public sealed partial class HostImports
{
    private TimerFiring? _firing;

    /// <summary>Makes a timer whose missed ticks fire once, with a count. Results: its number,
    /// <see cref="AbiCodes.CounterOverflow"/>. Traps: no such reducer, arguments that are not canonical, an interval that is
    /// too short, in a query, limits (of timers too), address.</summary>
    public long Schedule(int reducer, int nameLength, int arguments, int length, long dueUs, long intervalUs) =>
        Schedule("schedule", reducer, nameLength, arguments, length, dueUs, intervalUs, MissedTicks.Once);

    /// <summary>Makes a timer each of whose missed ticks fires. Results and traps: as <see cref="Schedule(int, int, int, int, long, long)"/>.
    /// </summary>
    public long ScheduleEach(int reducer, int nameLength, int arguments, int length, long dueUs, long intervalUs) =>
        Schedule("schedule_each", reducer, nameLength, arguments, length, dueUs, intervalUs, MissedTicks.Each);

    /// <summary>Takes a timer out. Results: 1 = it was there, 0 = it was not. Traps: in a query, limits.</summary>
    public int Cancel(long timer)
    {
        ExpectWritable("cancel");
        ExpectNoMigration("cancel");
        Charge(HostCallCosts.Write);
        CheckMutationLimit();
        return SystemRows.Delete(Overlay, SystemTables.Timers, (ulong)timer) ? 1 : 0;
    }

    /// <summary>What fires. Results: 28, <see cref="AbiCodes.None"/> where no timer called, <see cref="AbiCodes.BufferTooSmall"/>. Traps:
    /// address.</summary>
    public int Firing(int destination, int capacity)
    {
        ExpectRunning("firing");
        Charge(HostCallCosts.Small);
        CheckBuffer(destination, capacity);
        if (_firing is null) return AbiCodes.None;
        if (capacity < TimerFiring.Bytes) return TooSmall(TimerFiring.Bytes);
        _firing.Write(Guest.Write(destination, TimerFiring.Bytes));
        return TimerFiring.Bytes;
    }

    private long Schedule(
        string function, int reducer, int nameLength, int arguments, int length, long dueUs, long intervalUs, MissedTicks missed)
    {
        ExpectWritable(function);
        ExpectNoMigration(function);
        string name = ReadText(reducer, nameLength, "a reducer name");
        ReadOnlySpan<byte> bytes = Guest.Read(arguments, length);
        Charge(HostCallCosts.Write, nameLength + length);
        CheckTimer(function, name, bytes, intervalUs);
        CheckMutationLimit();
        int table = SystemRows.NumberOf(_schema, SystemTables.Timers);
        if (Overlay.Count(table) >= _limits.TimersMax)
        {
            // A trap and no result: a result would be recorded with what the guest makes of it, and depend on a setting.
            throw new ModuleTrapException(
                ModuleTrapKind.Limit,
                $"{function}: the module has {Overlay.Count(table)} timers, at most {_limits.TimersMax} are allowed (TimersMax); cancel some, or set more");
        }

        using var row = new PayloadWriter();
        new TimerRow(0, dueUs, dueUs, intervalUs, 0, missed, name, bytes.ToArray(), "").Write(row);
        WriteOutcome outcome = Overlay.Insert(table, row.Written, out ReadOnlySpan<byte> stored);
        if (!outcome.IsDone) return Refuse(_schema.HostTables[0], outcome);
        return BinaryPrimitives.ReadInt64LittleEndian(stored);
    }

    private void CheckTimer(string function, string name, ReadOnlySpan<byte> arguments, long intervalUs)
    {
        ReducerSchema? called = _schema.FindReducer(name);
        if (called is null) throw Misuse($"{function}: reducer \"{name}\" is not declared");
        if (called.Lifecycle is not null) throw Misuse($"{function}: reducer \"{name}\" has a lifecycle role; the host alone calls it");
        long bytesMax = Math.Min(_limits.ArgumentBytesMax, _limits.TransactionBytesMax / TimerRules.ArgumentsInTransaction);
        if (arguments.Length > bytesMax)
        {
            throw new ModuleTrapException(
                ModuleTrapKind.Limit,
                $"the arguments of a timer have {arguments.Length} bytes, at most {bytesMax} are allowed; keep what is long in a table");
        }

        if (!called.Arguments.TryValidate(arguments, out ValueError error))
            throw Misuse($"{function}: the arguments of reducer \"{name}\" are not canonical: {error}");
        if (intervalUs is < 0 or (> 0 and < TimerRules.IntervalMinUs))
        {
            throw Misuse(
                $"{function}: an interval of {intervalUs} us; it is 0, for a timer that fires once, or {TimerRules.IntervalMinUs} or more");
        }
    }
}
