using System.Buffers.Binary;

namespace Interstice.Wasm.Binary;

/// <summary>Decodes a binary into a <see cref="ModuleDraft"/>: everything that chapter 5 of the core specification
/// calls malformed is refused here, bodies included, before validation looks at the module.</summary>
internal sealed partial class ModuleDecoder
{
    private const uint Magic = 0x6D736100;
    private const uint ComponentVersionLayer = 0x00010000;

    private readonly byte[] _bytes;
    private readonly ModuleLimits _limits;
    private readonly ModuleDraft _draft;
    private readonly ByteReader _reader;
    private readonly CodeReader _code;
    private int _declaredFunctions;
    private int? _declaredDataSegments;
    private int? _firstUseOfData;
    private long _elements;
    private long _dataBytes;

    private ModuleDecoder(byte[] bytes, ModuleLimits limits)
    {
        _bytes = bytes;
        _limits = limits;
        _draft = new ModuleDraft(bytes, limits);
        _reader = new ByteReader(bytes, 0, bytes.Length);
        _code = new CodeReader(bytes, 0, 0, limits);
    }

    /// <summary>Decodes <paramref name="bytes"/>, which the module keeps and nobody may change afterwards.</summary>
    public static ModuleDraft Decode(byte[] bytes, ModuleLimits limits)
    {
        var decoder = new ModuleDecoder(bytes, limits);
        decoder.ReadHeader();
        decoder.ReadSections();
        return decoder._draft;
    }

    private void ReadHeader()
    {
        if (_bytes.Length < 4) throw WasmFormatException.Malformed(0, "unexpected end: not a WebAssembly binary");
        if (BinaryPrimitives.ReadUInt32LittleEndian(_bytes) != Magic)
            throw WasmFormatException.Malformed(0, "magic header not detected: not a WebAssembly binary");
        if (_bytes.Length < 8) throw WasmFormatException.Malformed(_bytes.Length, "unexpected end in the version");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(4));
        if ((version & 0xFFFF0000) == ComponentVersionLayer)
            throw Proposals.Refuse(Proposals.Components, 4, "unknown binary version");
        if (version != 1) throw WasmFormatException.Malformed(4, $"unknown binary version {version}");
        _reader.Skip(8);
    }

    /// <summary>Reads all sections. As in the specification's decoder, a section may not end where its size says: its
    /// content is read to its own end first, and compared with the size then.</summary>
    private void ReadSections()
    {
        int last = 0;
        while (_reader.Remaining > 0)
        {
            int at = _reader.Position;
            byte id = _reader.ReadByte();
            if (id == 13) throw Proposals.Refuse(Proposals.Exceptions, at, "malformed section id 13");
            if (id > 13) throw WasmFormatException.Malformed(at, $"malformed section id {id}");
            int length = _reader.ReadCount();
            if (id == 0)
            {
                ReadCustomSection(length);
                continue;
            }

            int order = OrderOf(id);
            if (order <= last)
            {
                throw WasmFormatException.Malformed(
                    at, $"unexpected content after last section: section {id} is repeated or out of order");
            }

            last = order;
            int end = _reader.Position + length;
            ReadSection(id);
            CheckEnd(end, $"section {id}");
        }

        CheckLengthsAgree();
    }

    private void CheckLengthsAgree()
    {
        if (_declaredFunctions != _draft.Bodies.Count) throw InconsistentCode(_reader.End, _draft.Bodies.Count);
        if (_declaredDataSegments is { } count && count != _draft.Data.Count)
        {
            throw WasmFormatException.Malformed(
                _reader.End, $"data count and data section have inconsistent lengths: {count} and {_draft.Data.Count}");
        }

        // Without data segments the instruction names an unknown one, which validation reports.
        if (_declaredDataSegments is null && _firstUseOfData is { } use && _draft.Data.Count > 0)
            throw WasmFormatException.Malformed(use, "data count section required");
    }

    private void CheckEnd(int end, string what)
    {
        if (_reader.Position != end)
        {
            throw WasmFormatException.Malformed(
                _reader.Position,
                $"section size mismatch: {what} is said to end at 0x{end:x} and ends at 0x{_reader.Position:x}");
        }
    }

    /// <summary>Place of a section in the prescribed order: the data count comes before the code.</summary>
    private static int OrderOf(byte id) => id switch
    {
        12 => 10,
        >= 10 => id + 1,
        _ => id,
    };

    private void ReadSection(byte id)
    {
        switch (id)
        {
            case 1: ReadTypes(); break;
            case 2: ReadImports(); break;
            case 3: ReadFunctions(); break;
            case 4: ReadTables(); break;
            case 5: ReadMemories(); break;
            case 6: ReadGlobals(); break;
            case 7: ReadExports(); break;
            case 8: _draft.Start = (_reader.ReadUInt32(), _reader.Position); break;
            case 9: ReadElements(); break;
            case 10: ReadCode(); break;
            case 11: ReadData(); break;
            default: ReadDataCount(); break;
        }
    }

    private void ReadCustomSection(int length)
    {
        int at = _reader.Position;
        if (length > _reader.Remaining) throw _reader.UnexpectedEnd();
        var section = new ByteReader(_bytes, at, length);
        string name = section.ReadName(_limits);
        CheckLimit(
            at, "custom sections", _draft.CustomSections.Count + 1, _limits.CustomSectionsMax,
            nameof(_limits.CustomSectionsMax));
        _draft.CustomSections.Add(new CustomSection(name, section.Position, section.Remaining));
        _reader.Skip(length);
    }

    /// <summary>Reads a count of items and checks it before anything is allocated for them.</summary>
    /// <param name="what">The items, for the message.</param>
    /// <param name="already">How many of them there are before this section.</param>
    /// <param name="limit">The limit on the sum.</param>
    /// <param name="limitName">Name of that limit.</param>
    private int ReadCount(string what, int already, int limit, string limitName)
    {
        int at = _reader.Position;
        int count = _reader.ReadCount();
        CheckLimit(at, what, (long)already + count, limit, limitName);
        return count;
    }

    private static void CheckLimit(int offset, string what, long found, int limit, string limitName)
    {
        if (found > limit) throw WasmFormatException.OverLimit(offset, what, (ulong)found, limit, limitName);
    }
}
