using System.Text.Json;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>Arguments that the host keeps for a later call.</summary>
internal static class ArgumentsDocument
{
    /// <summary>Writes them by their names; as base64 where they fit no declaration.</summary>
    /// <param name="json">Takes one value.</param>
    /// <param name="reducer">The declaration; null where there is none.</param>
    /// <param name="arguments">The canonical encoding.</param>
    public static void Write(Utf8JsonWriter json, ReducerSchema? reducer, ReadOnlySpan<byte> arguments)
    {
        if (reducer is not null && reducer.Arguments.TryValidate(arguments, out _)) JsonValues.WriteRow(json, reducer.Arguments, arguments);
        else json.WriteBase64StringValue(arguments);
    }
}
