using System.Text;
using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Events.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Tests.Values;
using Interstice.Kernel.Values;

namespace Interstice.Kernel.Tests.Events;

/// <summary>Events of random values, with declarations that they fit.</summary>
internal static class RandomEvents
{
    /// <summary>Declares rows and an event of a type.</summary>
    internal static ModuleSchema SchemaWith(DataType type) => ModuleSchema.Parse(Encoding.UTF8.GetBytes($$$"""
        {{{RandomValues.Declarations}}}
        {"table":{"name":"rows","columns":[{"name":"id","type":"u64","primaryKey":true},{"name":"value","type":"{{{type}}}"}]}}
        {"event":{"name":"told","type":"{{{type}}}"}}
        """));

    /// <summary>Declares the reducers of <see cref="MetadataOf"/>.</summary>
    internal static ModuleSchema SchemaOfReducers() => ModuleSchema.Parse("""
        {"module":{"name":"m","version":"1.0.0","abi":1}}
        {"reducer":{"name":"work","parameters":[{"name":"who","type":"string"},{"name":"amount","type":"i64"}],"result":"u64"}}
        {"reducer":{"name":"silent","parameters":[]}}
        """u8);

    /// <summary>An event of a random type: what it may be declared as, its kind and its payload.</summary>
    internal static (DataType Type, ModuleSchema Schema, string Kind, byte[] Payload) Next(RandomValues values, int id)
    {
        DataType type = values.Type();
        string kind = (id % 3) switch { 0 => EventTypes.EventEmitted, 1 => EventTypes.RowInserted, _ => EventTypes.RowUpdated };
        return (type, SchemaWith(type), kind, PayloadOf(kind, id, values.Value(type), values.Value(type)));
    }

    /// <summary>The JSON that is written through a writer of the framework; empty for what has no form.</summary>
    internal static byte[] WriteJson(Func<Utf8JsonWriter, bool> write)
    {
        using var bytes = new PayloadWriter();
        using var writer = new Utf8JsonWriter(bytes, EventJson.WriterOptions);
        if (!write(writer)) return [];
        writer.Flush();
        return bytes.Written.ToArray();
    }

    internal static byte[] PayloadOf(string kind, int id, byte[] value, byte[] other)
    {
        using var payload = new PayloadWriter();
        byte[] key = BitConverter.GetBytes((ulong)id);
        if (kind == EventTypes.EventEmitted) RowEvent.Write(payload, "told"u8, value);
        else if (kind == EventTypes.RowInserted) RowEvent.Write(payload, "rows"u8, [.. key, .. value]);
        else RowEvent.WriteUpdate(payload, "rows"u8, [.. key, .. value], [.. key, .. other]);
        return payload.Written.ToArray();
    }

    internal static byte[] MetadataOf(Random random, RandomValues values, ModuleSchema schema)
    {
        ReducerSchema reducer = schema.FindReducer(random.Next(3) == 0 ? "silent" : "work")!;
        byte[] Bytes(int count)
        {
            byte[] bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        using var metadata = new PayloadWriter();
        new TransactionRecord
        {
            EventCount = random.Next(1, 10),
            Reducer = reducer.Name,
            Arguments = reducer.Name == "silent"
                ? default
                : (byte[])[.. values.Value(DataType.Parse("string")), .. values.Value(DataType.Parse("i64"))],
            Caller = Identity.Read(Bytes(32)),
            TimeUs = random.NextInt64(-1_000_000_000_000_000, 2_000_000_000_000_000),
            Seed = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()),
            Code = CodeHash.Read(Bytes(32)),
            Engine = "managed-1",
            Fuel = (ulong)random.NextInt64(),
            Host = Guid.NewGuid(),
            Epoch = (ulong)random.Next(),
            StateHash = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()),
            IdempotencyKey = random.Next(2) == 0 ? null : $"key {random.Next()}",
            Result = reducer.Result is null || random.Next(2) == 0
                ? (ReadOnlyMemory<byte>?)null
                : BitConverter.GetBytes((ulong)random.Next()),
            Causation = random.Next(2) == 0 ? null : Guid.NewGuid(),
            Origin = random.Next(2) == 0 ? null : new(Guid.NewGuid(), (byte)random.Next(256)),
            Chain = random.Next(2) == 0 ? null : ChainValue.Read(Bytes(32)),
        }.Write(metadata);
        return metadata.Written.ToArray();
    }
}
