using Interstice.Host.Modules;
using Interstice.Host.Tests.Tables;

namespace Interstice.Host.Tests.Models;

/// <summary>A step of a script: what the guest is told, and what the model makes of it.</summary>
internal abstract record ModelStep
{
    public abstract void Write(Script script);

    /// <summary>Takes the step in the model.</summary>
    /// <returns>What it answers.</returns>
    public abstract ModelAnswer Run(ModelFrame frame);

    public static byte[] Arguments(IEnumerable<ModelStep> steps)
    {
        using var script = new Script();
        foreach (ModelStep step in steps) step.Write(script);
        return script.ToArguments();
    }

    public static string Text(IEnumerable<ModelStep> steps) => string.Join("; ", steps);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    internal sealed record Insert(string Table, object[] Row, byte[] Bytes) : ModelStep
    {
        public override void Write(Script script) => script.Insert(Table, Bytes);

        public override ModelAnswer Run(ModelFrame frame) => frame.Insert(Table, Row);

        public override string ToString() => $"insert {Table} {Hex(Bytes)}";
    }

    internal sealed record Update(string Table, object[] Row, byte[] Bytes) : ModelStep
    {
        public override void Write(Script script) => script.Update(Table, Bytes);

        public override ModelAnswer Run(ModelFrame frame) => frame.Update(Table, Row);

        public override string ToString() => $"update {Table} {Hex(Bytes)}";
    }

    internal sealed record Delete(string Table, object[] Key, byte[] Bytes) : ModelStep
    {
        public override void Write(Script script) => script.Delete(Table, Bytes);

        public override ModelAnswer Run(ModelFrame frame) => frame.Delete(Table, Key);

        public override string ToString() => $"delete {Table} {Hex(Bytes)}";
    }

    internal sealed record Get(string Table, ModelIndex Index, object[] Key, byte[] Bytes) : ModelStep
    {
        public override void Write(Script script) => script.Get(Table, Bytes, Index.Name);

        public override ModelAnswer Run(ModelFrame frame) => frame.Get(Table, Index, Key);

        public override string ToString() => $"get {Table}.{Index.Name} {Hex(Bytes)}";
    }

    /// <summary>All rows of a range.</summary>
    internal sealed record Scan(ModelRange Range) : ModelStep
    {
        public override void Write(Script script) =>
            script.Scan(Range.Table, Range.Index.Name, Range.LowerBytes, Range.UpperBytes, Range.Flags);

        public override ModelAnswer Run(ModelFrame frame) => ModelFrame.All(frame.Range(Range));

        public override string ToString() => $"scan {Range}";
    }

    internal sealed record Open(ModelRange Range) : ModelStep
    {
        public override void Write(Script script) =>
            script.Open(Range.Table, Range.Index.Name, Range.LowerBytes, Range.UpperBytes, Range.Flags);

        public override ModelAnswer Run(ModelFrame frame) => frame.Open(Range);

        public override string ToString() => $"open {Range}";
    }

    internal sealed record Next(int Iterator, int Capacity) : ModelStep
    {
        public override void Write(Script script) => script.Next(Iterator, Capacity);

        public override ModelAnswer Run(ModelFrame frame) => frame.Next(Iterator, Capacity);

        public override string ToString() => $"next of {Iterator} into {Capacity}";
    }

    internal sealed record Close(int Iterator) : ModelStep
    {
        public override void Write(Script script) => script.Close(Iterator);

        public override ModelAnswer Run(ModelFrame frame) => frame.Close(Iterator);

        public override string ToString() => $"close {Iterator}";
    }

    internal sealed record Count(string Table) : ModelStep
    {
        public override void Write(Script script) => script.CountRows(Table);

        public override ModelAnswer Run(ModelFrame frame) => frame.Count(Table);

        public override string ToString() => $"count {Table}";
    }

    internal sealed record Emit(string Event, byte[] Payload) : ModelStep
    {
        public override void Write(Script script) => script.Emit(Event, Payload);

        public override ModelAnswer Run(ModelFrame frame) => frame.Emit(Event, Payload);

        public override string ToString() => $"emit {Event} {Hex(Payload)}";
    }

    internal sealed record Fail(string Reason) : ModelStep
    {
        public override void Write(Script script) => script.Fail(Reason);

        public override ModelAnswer Run(ModelFrame frame) => throw new ModelStop(new ModelEnd.Rejected(Reason));

        public override string ToString() => $"fail {Reason}";
    }

    internal sealed record Trap : ModelStep
    {
        public override void Write(Script script) => script.Trap();

        public override ModelAnswer Run(ModelFrame frame) => throw new ModelStop(new ModelEnd.Trapped(ModuleTrapKind.Unreachable));

        public override string ToString() => "trap";
    }

    internal sealed record Call(string Module, ModelStep[] Steps, bool IsCaught) : ModelStep
    {
        public override void Write(Script script) => script.Call(Module, ModelSchema.Reducer, Arguments(Steps), IsCaught);

        public override ModelAnswer Run(ModelFrame frame) => frame.Call(Module, Steps, IsCaught);

        public override string ToString() => $"{(IsCaught ? "try" : "call")} {Module} [{Text(Steps)}]";
    }

    internal sealed record Schedule(ModelStep[] Steps, long DueUs, long IntervalUs, bool FiresEach) : ModelStep
    {
        public override void Write(Script script) => script.Schedule("run", Arguments(Steps), DueUs, IntervalUs, FiresEach);

        public override ModelAnswer Run(ModelFrame frame) => frame.Schedule(this);

        public override string ToString() => $"schedule at {DueUs} every {IntervalUs} (each {FiresEach}) [{Text(Steps)}]";
    }

    internal sealed record Cancel(ulong Timer) : ModelStep
    {
        public override void Write(Script script) => script.Cancel(Timer);

        public override ModelAnswer Run(ModelFrame frame) => frame.Cancel(Timer);

        public override string ToString() => $"cancel {Timer}";
    }

    internal sealed record Context : ModelStep
    {
        public override void Write(Script script) => script.Context();

        public override ModelAnswer Run(ModelFrame frame) => frame.Context();

        public override string ToString() => "context";
    }

    internal sealed record Firing : ModelStep
    {
        public override void Write(Script script) => script.Firing();

        public override ModelAnswer Run(ModelFrame frame) => frame.Firing();

        public override string ToString() => "firing";
    }
}

/// <summary>A range of an index: bounds are values of its leading columns.</summary>
internal sealed record ModelRange(
    string Table, ModelIndex Index, object[] Lower, object[] Upper, byte[] LowerBytes, byte[] UpperBytes, int Flags)
{
    public const int LowerExclusive = 1;
    public const int UpperExclusive = 2;
    public const int Descending = 4;

    public override string ToString() =>
        $"{Table}.{Index.Name} {Convert.ToHexStringLower(LowerBytes)}..{Convert.ToHexStringLower(UpperBytes)} {Flags}";
}
