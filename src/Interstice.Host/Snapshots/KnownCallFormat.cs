using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;

namespace Interstice.Host.Snapshots;

/// <summary>A call with an idempotency key in a snapshot (docs/formats/snapshot.md).</summary>
internal static class KnownCallFormat
{
    /// <summary>Writes one.</summary>
    public static void Write(PayloadWriter writer, UInt128 scope, in KnownCall call)
    {
        writer.UInt128(scope);
        writer.UInt128(call.Request);
        writer.Int64(call.TimeUs);
        writer.Int64(call.Revision.Value);
        writer.Int32(call.Mutations);
        writer.UInt64(call.Fuel);
        writer.Bytes(call.Result);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="EventFormatException">The bytes are none.</exception>
    public static KeyValuePair<UInt128, KnownCall> Read(ref PayloadReader reader)
    {
        UInt128 scope = reader.UInt128();
        var call = new KnownCall(
            reader.UInt128(), reader.Int64(), new Revision(reader.Int64()), reader.Int32(), reader.UInt64(), reader.Bytes().ToArray());
        return new(scope, call.Result!.Length == 0 ? call with { Result = null } : call);
    }
}
