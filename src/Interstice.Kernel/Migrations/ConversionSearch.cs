using Interstice.Kernel.Schema;

namespace Interstice.Kernel.Migrations;

/// <summary>Finds how values of one type become values of another. Declared types that hold themselves end in the conversion that is
/// being found for them.</summary>
internal sealed class ConversionSearch
{
    private readonly Dictionary<(NamedType, NamedType), ValueConversion> _begun = new(PairComparer.Instance);

    internal ValueConversion? Find(DataType from, DataType to, ref string problem)
    {
        if (from.Equals(to)) return new ValueConversion.Copy(from);
        (from, to) = (from.Resolved, to.Resolved);
        switch (from, to)
        {
            case (ScalarType before, ScalarType after):
                return FindScalar(before, after, ref problem);
            case (OptionType before, OptionType after):
                return Find(before.Value, after.Value, ref problem) is { } inner ? new ValueConversion.Within(inner) : null;
            case (_, OptionType after):
                return Find(from, after.Value, ref problem) is { } value ? new ValueConversion.Wrapping(value) : null;
            case (ListType before, ListType after):
                return Find(before.Item, after.Item, ref problem) is { } item ? new ValueConversion.Items(item, null) : null;
            case (MapType before, MapType after):
                return FindMap(before, after, ref problem);
            case (EnumType before, EnumType after):
                return FindEnum(before, after, ref problem);
            case (StructType before, StructType after):
                return FindStruct(before, after, ref problem);
            default:
                problem = $"{from} is no {to}";
                return null;
        }
    }

    private static ValueConversion? FindScalar(ScalarType from, ScalarType to, ref string problem)
    {
        if (from == to) return new ValueConversion.Copy(from);
        if (from.IsInteger && to.IsInteger)
        {
            bool wasSigned = IsSigned(from);
            bool fits = to.FixedLength > from.FixedLength && (!wasSigned || IsSigned(to));
            if (fits) return new ValueConversion.WiderInteger(from.FixedLength!.Value, to.FixedLength!.Value, wasSigned);
            problem = $"not every {from} fits {to}";
            return null;
        }

        if (from.Kind == ScalarKind.F32 && to.Kind == ScalarKind.F64) return new ValueConversion.WiderFloat();
        problem = from.Kind == ScalarKind.F64 && to.Kind == ScalarKind.F32 ? "not every f64 fits f32" : $"{from} is no {to}";
        return null;
    }

    private ValueConversion.Items? FindMap(MapType from, MapType to, ref string problem)
    {
        ValueConversion? key = Find(from.Key, to.Key, ref problem);
        if (key is null) return null;
        return Find(from.Value, to.Value, ref problem) is { } value ? new ValueConversion.Items(key, value) : null;
    }

    private ValueConversion? FindEnum(EnumType from, EnumType to, ref string problem)
    {
        if (_begun.TryGetValue((from, to), out ValueConversion? begun)) return begun;
        var found = new ValueConversion.Variants();
        _begun.Add((from, to), found);
        var payloads = new ValueConversion?[from.Variants.Length];
        for (int i = 0; i < payloads.Length; i++)
        {
            VariantSchema variant = from.Variants[i];
            if (i >= to.Variants.Length || to.Variants[i].Name != variant.Name)
            {
                problem = $"variant \"{variant.Name}\" of {from} is gone or stands elsewhere; new variants come behind those that are there";
                return null;
            }

            DataType? payload = to.Variants[i].Payload;
            if ((payload is null) != (variant.Payload is null))
            {
                problem = $"variant \"{variant.Name}\" of {from} {(payload is null ? "has no payload any more" : "has a payload now")}";
                return null;
            }

            if (payload is null) continue;
            payloads[i] = Find(variant.Payload!, payload, ref problem);
            if (payloads[i] is null) return null;
        }

        found.Payloads = payloads;
        return found;
    }

    private ValueConversion? FindStruct(StructType from, StructType to, ref string problem)
    {
        if (_begun.TryGetValue((from, to), out ValueConversion? begun)) return begun;
        var found = new ValueConversion.Fields(from);
        _begun.Add((from, to), found);
        if (from.Fields.FirstOrDefault(field => to.Fields.All(other => other.Name != field.Name)) is { } gone)
        {
            problem = $"field \"{gone.Name}\" of {from} is gone";
            return null;
        }

        var sources = new (int, ValueConversion?)[to.Fields.Length];
        for (int i = 0; i < sources.Length; i++)
        {
            FieldSchema field = to.Fields[i];
            int source = 0;
            while (source < from.Fields.Length && from.Fields[source].Name != field.Name) source++;
            if (source == from.Fields.Length)
            {
                sources[i] = (-1, null);
                if (field.Type.Resolved is OptionType) continue;
                problem = $"field \"{field.Name}\" of {to} is new and no option";
                return null;
            }

            ValueConversion? how = Find(from.Fields[source].Type, field.Type, ref problem);
            if (how is null) return null;
            sources[i] = (source, how);
        }

        found.Sources = sources;
        return found;
    }

    private static bool IsSigned(ScalarType type) => type.Kind is >= ScalarKind.I8 and <= ScalarKind.I128;

    private sealed class PairComparer : IEqualityComparer<(NamedType, NamedType)>
    {
        internal static readonly PairComparer Instance = new();

        public bool Equals((NamedType, NamedType) x, (NamedType, NamedType) y) =>
            ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((NamedType, NamedType) pair) => HashCode.Combine(pair.Item1.Name, pair.Item2.Name);
    }
}
