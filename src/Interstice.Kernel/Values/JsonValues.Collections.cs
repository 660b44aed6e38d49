using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <content>Lists and maps.</content>
public static partial class JsonValues
{
    private static bool ReadList(
        JsonElement json, ListType type, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        if (json.ValueKind != JsonValueKind.Array) return Wrong(json, $"{type} (an array)", ref fault);
        destination.WriteU32((uint)json.GetArrayLength());
        int index = 0;
        foreach (JsonElement item in json.EnumerateArray())
        {
            if (!Read(item, type.Item, destination, depth, ref fault))
            {
                fault.Within($"[{index}]");
                return false;
            }

            index++;
        }

        return true;
    }

    private static bool ReadMap(
        JsonElement json, MapType type, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        if (json.ValueKind != JsonValueKind.Array) return Wrong(json, $"{type} (an array of pairs)", ref fault);
        var buffer = new ArrayBufferWriter<byte>();
        var entries = new List<(int Start, int End, int Index)>(json.GetArrayLength());
        foreach (JsonElement pair in json.EnumerateArray())
        {
            int start = buffer.WrittenCount;
            if (!ReadEntry(pair, type, buffer, depth, ref fault))
            {
                fault.Within($"[{entries.Count}]");
                return false;
            }

            entries.Add((start, buffer.WrittenCount, entries.Count));
        }

        int Compare((int Start, int End, int Index) left, (int Start, int End, int Index) right) =>
            KeyEncoding.Compare(type.Key, buffer.WrittenSpan[left.Start..], buffer.WrittenSpan[right.Start..]);

        // Equal keys keep their order, so that the message names the first of them.
        entries.Sort((left, right) =>
            Compare(left, right) is var order and not 0 ? order : left.Index.CompareTo(right.Index));
        for (int i = 1; i < entries.Count; i++)
        {
            if (Compare(entries[i - 1], entries[i]) != 0) continue;
            fault.Set(ValueErrorKind.DuplicateMapKey, 0, $"the key of entry {entries[i - 1].Index} stands twice");
            fault.Within($"[{entries[i].Index}].key");
            return false;
        }

        destination.WriteU32((uint)entries.Count);
        foreach ((int start, int end, _) in entries) destination.Write(buffer.WrittenSpan[start..end]);
        return true;
    }

    private static bool ReadEntry(
        JsonElement json, MapType type, IBufferWriter<byte> destination, int depth, ref ValueFault fault)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != 2)
            return Wrong(json, "a pair of key and value", ref fault);
        if (!Read(json[0], type.Key, destination, depth, ref fault))
        {
            fault.Within(".key");
            return false;
        }

        if (Read(json[1], type.Value, destination, depth, ref fault)) return true;
        fault.Within(".value");
        return false;
    }
}
