using System.Buffers;
using System.Text.Json;
using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Values;

/// <content>Argument lists.</content>
public static partial class JsonValues
{
    /// <summary>Reads arguments from an array in the order of the parameters, or from an object with their
    /// names.</summary>
    /// <param name="json">The JSON; parse it with <see cref="ValueLimits.Json"/>.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="destination">Takes the canonical encoding. After a failure it may hold the beginning of
    /// one.</param>
    /// <param name="error">What is wrong: <c>argument 2 "to": expected u64, found "abc"</c>.</param>
    public static bool TryReadArguments(
        JsonElement json, RowCodec parameters, IBufferWriter<byte> destination, out ValueError error)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(destination);
        var fault = default(ValueFault);
        JsonElement[] values = [];
        bool isList = json.ValueKind switch
        {
            JsonValueKind.Array => true,
            JsonValueKind.Object => TryMatchFields(json, parameters, "argument", out values, ref fault),
            _ => Wrong(json, "an array or object of arguments", ref fault),
        };
        error = isList ? default : fault.ToError();
        if (!isList) return false;
        if (json.ValueKind == JsonValueKind.Array) values = [.. json.EnumerateArray()];
        return TryReadArguments(values, parameters, destination, out error);
    }

    /// <summary>Reads arguments in the order of the parameters.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="destination">Takes the canonical encoding. After a failure it may hold the beginning of
    /// one.</param>
    /// <param name="error">What is wrong: <c>argument 2 "to": expected u64, found "abc"</c>.</param>
    public static bool TryReadArguments(
        ReadOnlySpan<JsonElement> arguments, RowCodec parameters, IBufferWriter<byte> destination, out ValueError error)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(destination);
        var fault = default(ValueFault);
        if (arguments.Length != parameters.Fields.Length)
        {
            string list = parameters.Fields.IsEmpty ? "" : $" ({string.Join(", ", parameters.Fields)})";
            string expected = parameters.Fields.Length == 1 ? "1 argument" : $"{parameters.Fields.Length} arguments";
            fault.Set(ValueErrorKind.WrongArgumentCount, 0, $"expected {expected}{list}, found {arguments.Length}");
        }

        for (int i = 0; i < arguments.Length && fault.Kind == ValueErrorKind.None; i++)
        {
            FieldSchema parameter = parameters.Fields[i];
            if (!Read(arguments[i], parameter.Type, destination, 0, ref fault))
                fault.Within($"argument {i + 1} \"{parameter.Name}\"");
        }

        error = fault.Kind == ValueErrorKind.None ? default : fault.ToError();
        return fault.Kind == ValueErrorKind.None;
    }
}
