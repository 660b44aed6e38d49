using System.Buffers;
using Interstice.Kernel.Migrations;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Reexecution;

/// <summary>Recorded arguments and results in the types of a build that declares others, where every value has a place in those.</summary>
internal static class OtherTypes
{
    /// <summary>Arguments for a reducer whose parameters may have other types than they had.</summary>
    /// <param name="recorded">The reducer as it was declared then; null where it is not known.</param>
    /// <param name="reducer">The reducer.</param>
    /// <param name="arguments">The arguments, which fitted then.</param>
    /// <returns>As given, where they cannot be taken over: they are then checked like any others.</returns>
    public static ReadOnlyMemory<byte> Convert(ReducerSchema? recorded, ReducerSchema reducer, ReadOnlyMemory<byte> arguments)
    {
        if (recorded is null || recorded.Parameters.Length != reducer.Parameters.Length
            || !recorded.Arguments.TryValidate(arguments.Span, out _)) return arguments;
        var converted = new ArrayBufferWriter<byte>();
        for (int i = 0; i < reducer.Parameters.Length; i++)
        {
            if (recorded.Parameters[i].Name != reducer.Parameters[i].Name
                || ValueConversion.Find(recorded.Parameters[i].Type, reducer.Parameters[i].Type, out _) is not { } how) return arguments;
            how.Convert(recorded.Arguments.Field(arguments.Span, i), converted);
        }

        return converted.WrittenMemory;
    }

    /// <summary>A value in another type.</summary>
    /// <param name="recorded">The type that it has; null for none.</param>
    /// <param name="type">The type that is wanted; null for none.</param>
    /// <param name="value">The value.</param>
    /// <returns>Null where there is no such value.</returns>
    public static byte[]? Convert(DataType? recorded, DataType? type, ReadOnlySpan<byte> value)
    {
        if (recorded is null || type is null || ValueConversion.Find(recorded, type, out _) is not { } how
            || !Kernel.Values.CanonicalEncoding.TryValidate(recorded, value, out _)) return null;
        var converted = new ArrayBufferWriter<byte>();
        how.Convert(value, converted);
        return converted.WrittenSpan.ToArray();
    }
}
