namespace Interstice.Kernel.Schema;

/// <summary>Structural equality of types. Pairs of declared types that are being compared count as equal, which ends
/// the comparison on recursive types.</summary>
internal static class TypeEquality
{
    internal static bool AreEqual(DataType left, DataType right) => Compare(left, right, null);

    private static bool Compare(DataType left, DataType right, HashSet<(NamedType, NamedType)>? assumed)
    {
        if (ReferenceEquals(left, right)) return true;
        return (left, right) switch
        {
            (ScalarType a, ScalarType b) => a.Kind == b.Kind,
            (OptionType a, OptionType b) => Compare(a.Value, b.Value, assumed),
            (ListType a, ListType b) => Compare(a.Item, b.Item, assumed),
            (MapType a, MapType b) => Compare(a.Key, b.Key, assumed) && Compare(a.Value, b.Value, assumed),
            (NamedType a, NamedType b) => a.Shape == b.Shape && a.Name == b.Name
                && CompareNamed(a, b, assumed ?? new HashSet<(NamedType, NamedType)>(PairComparer.Instance)),
            _ => false,
        };
    }

    private static bool CompareNamed(NamedType left, NamedType right, HashSet<(NamedType, NamedType)> assumed)
    {
        if (!assumed.Add((left, right))) return true;
        return (left, right) switch
        {
            (AliasType a, AliasType b) => Compare(a.Target, b.Target, assumed),
            (StructType a, StructType b) => a.Fields.Length == b.Fields.Length && a.Fields.Zip(b.Fields)
                .All(pair => pair.First.Name == pair.Second.Name
                    && Compare(pair.First.Type, pair.Second.Type, assumed)),
            (EnumType a, EnumType b) => a.Variants.Length == b.Variants.Length && a.Variants.Zip(b.Variants)
                .All(pair => pair.First.Name == pair.Second.Name
                    && ComparePayloads(pair.First.Payload, pair.Second.Payload, assumed)),
            _ => false,
        };
    }

    private static bool ComparePayloads(DataType? left, DataType? right, HashSet<(NamedType, NamedType)> assumed) =>
        left is null || right is null ? left is null && right is null : Compare(left, right, assumed);

    private sealed class PairComparer : IEqualityComparer<(NamedType, NamedType)>
    {
        internal static readonly PairComparer Instance = new();

        public bool Equals((NamedType, NamedType) x, (NamedType, NamedType) y) =>
            ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((NamedType, NamedType) pair) => HashCode.Combine(pair.Item1.Name, pair.Item2.Name);
    }
}
