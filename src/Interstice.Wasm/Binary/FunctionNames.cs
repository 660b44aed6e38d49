using System.Text;

namespace Interstice.Wasm.Binary;

/// <summary>Function names of the custom section <c>name</c> (core specification, appendix "Custom
/// Sections").</summary>
/// <remarks>Names are for messages only, so nothing here refuses a module: reading stops at the first byte that makes
/// no sense, and what was read until then counts. Strings are made when they are asked for.</remarks>
internal sealed class FunctionNames
{
    private const byte FunctionNamesId = 1;

    private readonly byte[] _bytes;
    private readonly Dictionary<int, (int Offset, int Length)> _names;

    private FunctionNames(byte[] bytes, Dictionary<int, (int Offset, int Length)> names)
    {
        _bytes = bytes;
        _names = names;
    }

    /// <summary>The name of a function, or null; bytes that are no UTF-8 become U+FFFD.</summary>
    public string? this[int function] => _names.TryGetValue(function, out (int Offset, int Length) name)
        ? Encoding.UTF8.GetString(_bytes, name.Offset, name.Length)
        : null;

    /// <summary>Reads the names of a binary.</summary>
    /// <param name="bytes">The binary.</param>
    /// <param name="sections">Its custom sections; the first one called <c>name</c> counts.</param>
    /// <param name="functions">Number of functions; names of others are ignored.</param>
    public static FunctionNames Read(byte[] bytes, IReadOnlyList<CustomSection> sections, int functions)
    {
        var names = new Dictionary<int, (int Offset, int Length)>();
        if (sections.FirstOrDefault(section => section.Name == "name") is { } section)
        {
            try
            {
                Read(bytes, section, functions, names);
            }
            catch (WasmFormatException)
            {
                // The names read so far stay; the module runs without the others.
            }
        }

        return new FunctionNames(bytes, names);
    }

    private static void Read(
        byte[] bytes,
        CustomSection section,
        int functions,
        Dictionary<int, (int Offset, int Length)> names)
    {
        var reader = new ByteReader(bytes, section.DataOffset, section.DataLength);
        while (reader.Remaining > 0)
        {
            byte id = reader.ReadByte();
            int length = reader.ReadCount();
            int start = reader.Position;
            reader.Skip(length);
            if (id == FunctionNamesId) ReadMap(new ByteReader(bytes, start, length), functions, names);
        }
    }

    private static void ReadMap(ByteReader reader, int functions, Dictionary<int, (int Offset, int Length)> names)
    {
        int count = reader.ReadCount();
        for (int i = 0; i < count; i++)
        {
            uint function = reader.ReadUInt32();
            int length = reader.ReadCount();
            int offset = reader.Position;
            reader.Skip(length);
            if (function < (uint)functions) names[(int)function] = (offset, length);
        }
    }
}
