namespace Interstice.Wasm.Binary;

/// <summary>Reads the instructions of a function body or expression one by one, immediates included.</summary>
/// <remarks>The properties describe the instruction last read; those that it does not have keep old values. Everything
/// that chapter 5 of the core specification asks of a single instruction is checked here; nesting, indices and types
/// are not. Not thread-safe.</remarks>
public sealed partial class CodeReader
{
    private static readonly ImmediateKind[] OneByte = CreateOneByteTable();
    private static readonly ImmediateKind[] Prefixed = CreatePrefixedTable();

    private readonly ByteReader _reader;
    private readonly ModuleLimits _limits;
    private uint[] _labels = new uint[8];
    private int _labelCount;
    private ValueKind[] _kinds = new ValueKind[1];
    private int _kindCount;

    /// <summary>A reader of the code of one function of a module.</summary>
    public CodeReader(WasmModule module, FunctionBody body)
        : this(module.Binary, body.CodeOffset, body.CodeLength, module.Limits)
    {
    }

    internal CodeReader(byte[] bytes, int offset, int length, ModuleLimits limits)
    {
        _reader = new ByteReader(bytes, offset, length);
        _limits = limits;
    }

    /// <summary>The instruction.</summary>
    public Opcode Opcode { get; private set; }

    /// <summary>Offset in the binary of the instruction's first byte.</summary>
    public int Offset { get; private set; }

    /// <summary>Offset in the binary of the next instruction.</summary>
    public int Position => _reader.Position;

    /// <summary>The index that the instruction names: of a label, local, global, function, table, segment, or of the
    /// type of <c>call_indirect</c>, or of the destination of <c>table.copy</c>.</summary>
    public uint Index { get; private set; }

    /// <summary>The table of <c>call_indirect</c> and <c>table.init</c>, the source of <c>table.copy</c>.</summary>
    public uint SecondIndex { get; private set; }

    /// <summary>Labels of <c>br_table</c> with the default label last; valid until the next instruction is
    /// read.</summary>
    public ReadOnlySpan<uint> Labels => _labels.AsSpan(0, _labelCount);

    /// <summary>Kinds of a typed <c>select</c>; valid until the next instruction is read.</summary>
    public ReadOnlySpan<ValueKind> Kinds => _kinds.AsSpan(0, _kindCount);

    /// <summary>Type of a <c>block</c>, <c>loop</c> or <c>if</c>.</summary>
    public BlockType BlockType { get; private set; }

    /// <summary>Bits of a constant, i32 and f32 zero-extended.</summary>
    public ulong Constant { get; private set; }

    /// <summary>Alignment of a load or store as the exponent of a power of two; a hint.</summary>
    public uint Alignment { get; private set; }

    /// <summary>Constant part of the address of a load or store.</summary>
    public uint MemoryOffset { get; private set; }

    /// <summary>Kind of <c>ref.null</c>.</summary>
    public ValueKind ReferenceKind { get; private set; }

    /// <summary>Goes on with another range of the same binary.</summary>
    internal void Restart(int offset, int length) => _reader.Restart(offset, length);

    /// <summary>Reads the next instruction.</summary>
    /// <returns><see langword="false"/> at the end of the range.</returns>
    /// <exception cref="WasmFormatException">The bytes are no instruction that the engine knows.</exception>
    public bool Read()
    {
        if (_reader.Remaining == 0) return false;
        Offset = _reader.Position;
        byte first = _reader.ReadByte();
        ImmediateKind immediate;
        if (first != 0xFC)
        {
            Opcode = (Opcode)first;
            immediate = OneByte[first];
            if (immediate == ImmediateKind.Undefined) throw Proposals.IllegalOpcode(Offset, first);
        }
        else
        {
            uint second = _reader.ReadUInt32();
            immediate = second < (uint)Prefixed.Length ? Prefixed[second] : ImmediateKind.Undefined;
            if (immediate == ImmediateKind.Undefined) throw Proposals.IllegalOpcode(Offset, first, second);
            Opcode = (Opcode)(0xFC00 | second);
        }

        if (immediate != ImmediateKind.None) ReadImmediate(immediate);
        return true;
    }
}
