using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Tests.Building;

/// <summary>Builds binaries, right or wrong: nothing is checked.</summary>
internal sealed class WasmBuilder
{
    public const byte I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C, FuncRef = 0x70, ExternRef = 0x6F;

    private readonly SortedDictionary<int, List<byte[]>> _sections = [];
    private readonly List<byte[]> _custom = [];
    private byte[]? _start;
    private byte[]? _dataCount;

    /// <summary>The code of a function with its final <c>end</c>.</summary>
    public static byte[] Code(params byte[] instructions) => [.. instructions, 0x0B];

    public WasmBuilder Type(byte[] parameters, byte[] results) => Add(
        1, [0x60, .. WasmBytes.Unsigned((ulong)parameters.Length), .. parameters,
            .. WasmBytes.Unsigned((ulong)results.Length), .. results]);

    public WasmBuilder Import(string module, string name, ExternKind kind, params byte[] type) =>
        Add(2, [.. WasmBytes.Name(module), .. WasmBytes.Name(name), (byte)kind, .. type]);

    public WasmBuilder Table(byte kind, uint minimum, uint? maximum = null) =>
        Add(4, [kind, .. Limits(minimum, maximum)]);

    public WasmBuilder Memory(uint minimum, uint? maximum = null) => Add(5, Limits(minimum, maximum));

    public WasmBuilder Global(byte kind, bool isMutable, params byte[] initializer) =>
        Add(6, [kind, (byte)(isMutable ? 1 : 0), .. initializer, 0x0B]);

    public WasmBuilder Export(string name, ExternKind kind, uint index) =>
        Add(7, [.. WasmBytes.Name(name), (byte)kind, .. WasmBytes.Unsigned(index)]);

    public WasmBuilder Start(uint function)
    {
        _start = WasmBytes.Unsigned(function);
        return this;
    }

    /// <summary>An element segment as written.</summary>
    public WasmBuilder Element(params byte[] segment) => Add(9, segment);

    public WasmBuilder DataCount(uint count)
    {
        _dataCount = WasmBytes.Unsigned(count);
        return this;
    }

    /// <summary>A data segment as written.</summary>
    public WasmBuilder Data(params byte[] segment) => Add(11, segment);

    /// <summary>A custom section, after all others.</summary>
    public WasmBuilder Custom(string name, params byte[] content)
    {
        _custom.Add(WasmBytes.Section(0, [.. WasmBytes.Name(name), .. content]));
        return this;
    }

    /// <summary>A function of the type of that index; the final <c>end</c> is added.</summary>
    public WasmBuilder Function(uint type, params byte[] instructions) => FunctionWithLocals(type, [], instructions);

    /// <summary>A function with locals, given as runs.</summary>
    public WasmBuilder FunctionWithLocals(uint type, (uint Count, byte Kind)[] runs, params byte[] instructions)
    {
        Add(3, WasmBytes.Unsigned(type));
        byte[] locals = WasmBytes.Vector(
            [.. runs.Select(run => (byte[])[.. WasmBytes.Unsigned(run.Count), run.Kind])]);
        byte[] body = [.. locals, .. instructions, 0x0B];
        return Add(10, [.. WasmBytes.Unsigned((ulong)body.Length), .. body]);
    }

    public byte[] Build()
    {
        List<byte[]> sections = [];
        foreach (int id in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11])
        {
            if (id == 8 && _start is not null) sections.Add(WasmBytes.Section(8, _start));
            else if (id == 12 && _dataCount is not null) sections.Add(WasmBytes.Section(12, _dataCount));
            else if (_sections.TryGetValue(id, out List<byte[]>? items))
                sections.Add(WasmBytes.Section((byte)id, WasmBytes.Vector(items)));
        }

        return WasmBytes.Module([.. sections, .. _custom]);
    }

    private static byte[] Limits(uint minimum, uint? maximum) => maximum is { } most
        ? [1, .. WasmBytes.Unsigned(minimum), .. WasmBytes.Unsigned(most)]
        : [0, .. WasmBytes.Unsigned(minimum)];

    private WasmBuilder Add(int section, byte[] item)
    {
        if (!_sections.TryGetValue(section, out List<byte[]>? items)) _sections.Add(section, items = []);
        items.Add(item);
        return this;
    }
}
