using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Unicode;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <summary>Checks and takes apart the canonical encoding of a row, an argument list or a struct: fields in order,
/// without anything between them.</summary>
/// <remarks>Immutable; any thread may use it. The fields are compiled into steps, each a run of bytes that need no look
/// and one field that does. Nothing is allocated unless something is wrong.</remarks>
public sealed partial class RowCodec
{
    private readonly LayoutStep[] _steps;

    /// <summary>Compiles the layout of some fields.</summary>
    /// <param name="fields">The fields in order; may be empty.</param>
    public RowCodec(ImmutableArray<FieldSchema> fields)
    {
        Fields = fields.IsDefault ? [] : fields;
        _steps = LayoutStep.Compile(Fields);
        _lengths = new int[Fields.Length];
        bool isFixed = true;
        IsPlain = true;
        for (int i = 0; i < _lengths.Length; i++)
        {
            DataType type = Fields[i].Type;
            _lengths[i] = LengthOf(type);
            isFixed &= _lengths[i] >= 0;
            MinLength += type.MinLength;
            IsPlain &= type.IsPlain;
            if (type.IsPlain) PlainHeight = Math.Max(PlainHeight, type.PlainHeight);
        }

        JsonNames = JsonBytes.NamesOf(Fields.Select(field => field.Name));
        Utf8Names = [.. Fields.Select(field => System.Text.Encoding.UTF8.GetBytes(field.Name))];
        _prefix = PrefixOffsets(_lengths);
        FixedLength = isFixed ? MinLength : null;
    }

    /// <summary>The fields in order.</summary>
    public ImmutableArray<FieldSchema> Fields { get; }

    /// <summary>Bytes of every row, or null where rows differ in length.</summary>
    public int? FixedLength { get; }

    /// <summary>Bytes of the shortest row.</summary>
    public int MinLength { get; }

    /// <summary>Names of the fields, for comparing them with JSON.</summary>
    internal byte[][] Utf8Names { get; }

    /// <summary>Names of the fields as JSON has them before their values.</summary>
    internal byte[][] JsonNames { get; }

    internal bool IsPlain { get; }

    internal int PlainHeight { get; }

    /// <summary>Whether the bytes are exactly one row. Never throws, whatever the bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="error">The field, what is wrong and the offset, when the answer is no.</param>
    public bool TryValidate(ReadOnlySpan<byte> bytes, out ValueError error)
    {
        error = default;
        return (IsPlain && bytes.Length == MinLength) || TryValidateSteps(bytes, out error);
    }

    /// <summary>Checks the fields that begin at an offset; returns the offset behind them or -1.</summary>
    internal int Validate(ReadOnlySpan<byte> bytes, int start, int depth, ref ValueFault fault)
    {
        if (depth + PlainHeight > ValueLimits.DepthMax)
        {
            return fault.Set(
                ValueErrorKind.TooDeep, start, $"a struct stands deeper than {ValueLimits.DepthMax} levels");
        }

        int position = start;
        foreach (ref readonly LayoutStep step in _steps.AsSpan())
        {
            if (bytes.Length - position < step.Run) return FaultInRun(in step, bytes, position, ref fault);
            position += step.Run;
            ReadOnlySpan<byte> rest = bytes[position..];
            switch (step.Kind)
            {
                case StepKind.End:
                    return position;
                case StepKind.String or StepKind.Bytes:
                    if (rest.Length < sizeof(uint)) return FaultInField(in step, bytes, position, ref fault);
                    uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
                    rest = rest[sizeof(uint)..];
                    if (length > (uint)rest.Length) return FaultInField(in step, bytes, position, ref fault);
                    if (step.Kind == StepKind.String && !Utf8.IsValid(rest[..(int)length]))
                        return FaultInField(in step, bytes, position, ref fault);
                    position += sizeof(uint) + (int)length;
                    break;
                case StepKind.Bool:
                    if (rest.IsEmpty || rest[0] > 1) return FaultInField(in step, bytes, position, ref fault);
                    position += sizeof(byte);
                    break;
                case StepKind.F64:
                    bool isF64 = rest.Length >= sizeof(ulong)
                        && ValueValidator.IsCanonical64(BinaryPrimitives.ReadUInt64LittleEndian(rest));
                    if (!isF64) return FaultInField(in step, bytes, position, ref fault);
                    position += sizeof(ulong);
                    break;
                case StepKind.Option when depth < ValueLimits.DepthMax:
                    if (rest.IsEmpty || rest[0] > 1 || rest.Length <= rest[0] * step.Length)
                        return FaultInField(in step, bytes, position, ref fault);
                    position += 1 + (rest[0] * step.Length);
                    break;
                default:
                    int end = ValueValidator.Validate(step.Type!, bytes, position, depth, ref fault);
                    if (end < 0) return fault.Within($".{Fields[step.Field].Name}");
                    position = end;
                    break;
            }
        }

        return position;
    }

    private bool TryValidateSteps(ReadOnlySpan<byte> bytes, out ValueError error)
    {
        error = default;
        var fault = default(ValueFault);
        int end = Validate(bytes, 0, 0, ref fault);
        if (end == bytes.Length) return true;
        if (end >= 0)
        {
            string expected = Fields.IsEmpty ? "no fields" : $"the end after \"{Fields[^1].Name}\"";
            fault.Set(ValueErrorKind.TrailingBytes, end, CanonicalEncoding.Trailing(expected, bytes.Length - end));
        }

        error = fault.ToError();
        return false;
    }

    private int FaultInField(in LayoutStep step, ReadOnlySpan<byte> bytes, int position, ref ValueFault fault)
    {
        ValueValidator.Validate(step.Type!, bytes, position, 0, ref fault);
        return fault.Within($".{Fields[step.Field].Name}");
    }

    private int FaultInRun(in LayoutStep step, ReadOnlySpan<byte> bytes, int position, ref ValueFault fault)
    {
        int field = step.RunField;
        while (bytes.Length - position >= _lengths[field]) position += _lengths[field++];
        DataType type = Fields[field].Type;
        fault.Set(ValueErrorKind.Truncated, position,
            $"expected {type} ({_lengths[field]} bytes), found {bytes.Length - position} bytes");
        return fault.Within($".{Fields[field].Name}");
    }
}
