using System.Globalization;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>A line of the corpus: a call and what it gives.</summary>
internal sealed record CorpusCall(string File, string Export, Value[] Arguments, string Expected)
{
    /// <summary>Reads a line.</summary>
    public static CorpusCall Parse(string line)
    {
        string[] halves = line.Split('=', StringSplitOptions.TrimEntries);
        string[] words = halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isTrap = Enum.TryParse<TrapKind>(halves[1], out _);
        string expected = isTrap ? halves[1] : Text(halves[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ParseValue));
        return new CorpusCall(words[0], words[1], [.. words[2..].Select(ParseValue)], expected);
    }

    /// <summary>Values as text.</summary>
    public static string Text(IEnumerable<Value> values) =>
        string.Join(' ', values.Select(value => $"{value.Kind}:0x{value.Bits:x}"));

    private static Value ParseValue(string text)
    {
        string[] parts = text.Split(':');
        ulong bits = parts[1].StartsWith("0x", StringComparison.Ordinal)
            ? ulong.Parse(parts[1].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : ulong.Parse(parts[1], CultureInfo.InvariantCulture);
        return Value.FromBits(Enum.Parse<ValueKind>(parts[0], ignoreCase: true), bits);
    }
}
