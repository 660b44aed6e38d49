namespace Interstice.Kernel.Schema;

/// <summary>Which types have an order-preserving encoding (docs/formats/keys.md).</summary>
internal static class KeyTypes
{
    internal static bool IsKey(DataType type, bool floats)
    {
        // Wrappers may be recursive through option; the bound ends that.
        for (int depth = 0; depth <= SchemaLimits.TypeDepthMax; depth++)
        {
            switch (type)
            {
                case ScalarType scalar: return floats || scalar.Kind is not (ScalarKind.F32 or ScalarKind.F64);
                case EnumType variants: return variants.IsUnit;
                case OptionType option: type = option.Value; break;
                case AliasType alias: type = alias.Target; break;
                default: return false;
            }
        }

        return false;
    }

    /// <summary>Whether the type is a float under its wrappers and options.</summary>
    internal static bool IsFloat(DataType type) => IsKey(type, floats: true) && !IsKey(type, floats: false);
}
