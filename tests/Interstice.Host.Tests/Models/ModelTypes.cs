namespace Interstice.Host.Tests.Models;

/// <summary>Random types over those that a random module declares.</summary>
internal sealed class ModelTypes
{
    private static readonly ModelType[] Scalars =
    [
        new ModelType.Bool(),
        new ModelType.Integer("i8", 1, true), new ModelType.Integer("i16", 2, true), new ModelType.Integer("i32", 4, true),
        new ModelType.Integer("i64", 8, true), new ModelType.Integer("i128", 16, true),
        new ModelType.Integer("u8", 1, false), new ModelType.Integer("u16", 2, false), new ModelType.Integer("u32", 4, false),
        new ModelType.Integer("u64", 8, false), new ModelType.Integer("u128", 16, false),
        new ModelType.Integer("timestamp", 8, true), new ModelType.Integer("duration", 8, true),
        new ModelType.Float("f32", IsDouble: false), new ModelType.Float("f64", IsDouble: true),
        new ModelType.Text(), new ModelType.Blob("bytes", null), new ModelType.Blob("uuid", 16), new ModelType.Blob("identity", 32),
    ];

    private readonly List<ModelType> _declared = [];

    public ModelTypes(Random random)
    {
        Declare(new ModelType.Choice("Color", [null, null, null]));
        Declare(new ModelType.Alias("Login", new ModelType.Text()));
        Declare(new ModelType.Alias("Number", Key(random, 0)));
        Declare(new ModelType.Struct("Point", [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(random, 2))]));
        Declare(new ModelType.Choice("Shape", [null, .. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(random, 2))]));
        Declare(new ModelType.Alias("Tags", new ModelType.Listing(Any(random, 1))));
    }

    /// <summary>The integers that an integer may become without a migration, narrowest first.</summary>
    public static IEnumerable<ModelType.Integer> WiderThan(ModelType.Integer narrow) => Scalars.OfType<ModelType.Integer>()
        .Where(wide => wide.Name[0] is 'i' or 'u' && narrow.Name[0] is 'i' or 'u')
        .Where(wide => wide.Bytes > narrow.Bytes && (wide.IsSigned || !narrow.IsSigned));

    /// <summary>A type that has counters.</summary>
    public static ModelType Counter(Random random) => Scalars.Where(IsCounter).ElementAt(random.Next(4));

    public static bool IsCounter(ModelType type) => type is ModelType.Integer { Bytes: 4 or 8, Name: not ("timestamp" or "duration") };

    public IEnumerable<string> Declarations => _declared.Select(type => type switch
    {
        ModelType.Struct fields => fields.Declare(),
        ModelType.Choice choice => choice.Declare(),
        _ => ((ModelType.Alias)type).Declare(),
    });

    public ModelType Any(Random random, int depth = 3) => depth == 0 ? Scalars[random.Next(Scalars.Length)] : random.Next(12) switch
    {
        0 => new ModelType.Option(Any(random, depth - 1)),
        1 => new ModelType.Listing(Any(random, depth - 1)),
        2 => new ModelType.Map(Key(random, 1), Any(random, depth - 1)),
        3 or 4 when _declared.Count > 0 => _declared[random.Next(_declared.Count)],
        _ => Scalars[random.Next(Scalars.Length)],
    };

    public ModelType Key(Random random, int depth = 1)
    {
        if (depth > 0 && random.Next(6) == 0) return new ModelType.Option(Key(random, depth - 1));
        ModelType[] keys = [.. Scalars.Concat(depth > 0 ? _declared : []).Where(type => type.IsKey)];
        return keys[random.Next(keys.Length)];
    }

    private void Declare(ModelType type) => _declared.Add(type);
}
