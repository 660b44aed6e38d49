using System.Buffers;
using System.Text;
using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Values;

/// <summary>Every encoding ever written down stays what it is.</summary>
public sealed class GoldenValueTests
{
    public static TheoryData<string, string, string, string> Lines()
    {
        var lines = new TheoryData<string, string, string, string>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Values", "Golden", "values-v1.txt")))
        {
            if (line.StartsWith('#')) continue;
            string[] parts = line.Split('\t');
            lines.Add(parts[0], parts[1], parts[2], parts[3]);
        }

        return lines;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_recorded_encoding_means_what_it_meant(string typeName, string canonical, string key, string json)
    {
        DataType type = char.IsAsciiLetterUpper(typeName[0]) ? RandomValues.Named(typeName) : DataType.Parse(typeName);
        byte[] value = Convert.FromHexString(canonical);
        CanonicalEncoding.TryValidate(type, value, out ValueError error).ShouldBeTrue(error.Message);
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text)) JsonValues.Write(writer, type, value);
        Encoding.UTF8.GetString(text.WrittenSpan).ShouldBe(json);
        using JsonDocument document = JsonDocument.Parse(json);
        var read = new ArrayBufferWriter<byte>();
        JsonValues.TryRead(document.RootElement, type, read, out error).ShouldBeTrue(error.Message);
        Convert.ToHexStringLower(read.WrittenSpan).ShouldBe(canonical);
        type.IsIndexable.ShouldBe(key != "-");
        if (key == "-") return;
        byte[] destination = new byte[(2 * value.Length) + 3];
        int position = 0;
        int written = KeyEncoding.Write(type, value, ref position, destination);
        Convert.ToHexStringLower(destination.AsSpan(0, written)).ShouldBe(key);
    }

    [Fact]
    public void Every_built_in_type_has_a_recorded_encoding()
    {
        string[] recorded = [.. Lines().Select(line => line.Data.Item1)];
        foreach (ScalarKind kind in Enum.GetValues<ScalarKind>()) recorded.ShouldContain(ScalarType.Of(kind).Name);
    }
}
