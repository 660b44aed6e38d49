using System.Collections.Immutable;

namespace Interstice.Kernel.Schema;

/// <summary>Who declares: names that begin with an underscore belong to the host.</summary>
public enum SchemaSource
{
    /// <summary>A module.</summary>
    Module,

    /// <summary>The host, for the system tables of a module.</summary>
    Host,
}

/// <summary>Everything that a module declares (docs/abi.md). Immutable; any thread may use it.</summary>
/// <remarks>Tables stand in the order of their declaration, which numbers them; everything else is sorted by name, so
/// that modules whose declarations differ in order alone are equal.</remarks>
public sealed class ModuleSchema : IEquatable<ModuleSchema>
{
    private byte[]? _bytes;
    private readonly Dictionary<string, TableSchema> _tables;
    private readonly Dictionary<string, ReducerSchema> _reducers;
    private readonly Dictionary<string, QuerySchema> _queries;
    private readonly Dictionary<string, EventSchema> _events;

    internal ModuleSchema(SchemaParser parsed, SchemaSource source)
    {
        (Name, Version, Abi, Extra) = (parsed.Name, parsed.Version, parsed.Abi, parsed.Extra);
        Types = parsed.Types;
        Tables = parsed.Tables;
        HostTables = source == SchemaSource.Module ? SystemTables.Behind(Tables.Length) : [];
        AllTables = [.. Tables, .. HostTables];
        Reducers = parsed.Reducers;
        Queries = parsed.Queries;
        Events = parsed.Events;
        Subscriptions = parsed.Subscriptions;
        Migrations = parsed.Migrations;
        _tables = AllTables.ToDictionary(table => table.Name);
        _reducers = Reducers.ToDictionary(reducer => reducer.Name);
        _queries = Queries.ToDictionary(query => query.Name);
        _events = Events.ToDictionary(@event => @event.Name);
    }

    // Tables alone: what a migration's reducer sees.
    internal ModuleSchema(ModuleSchema declared, ImmutableArray<TableSchema> tables)
    {
        (Name, Version, Abi, Extra) = (declared.Name, declared.Version, declared.Abi, []);
        (Types, Reducers, Queries, Events, Subscriptions, Migrations) = (declared.Types, [], [], [], [], []);
        Tables = tables;
        HostTables = SystemTables.Behind(tables.Length);
        AllTables = [.. Tables, .. HostTables];
        _tables = AllTables.ToDictionary(table => table.Name);
        (_reducers, _queries, _events) = ([], [], []);
    }

    /// <summary>Name of the module.</summary>
    public string Name { get; }

    /// <summary>Its semantic version.</summary>
    public string Version { get; }

    /// <summary>The version of the ABI that it was built for.</summary>
    public int Abi { get; }

    /// <summary>Declared types, by name.</summary>
    public ImmutableArray<NamedType> Types { get; }

    /// <summary>The tables that the module declares, in the order of their numbers.</summary>
    public ImmutableArray<TableSchema> Tables { get; }

    /// <summary>The host's tables in the module, numbered behind its own: <see cref="SystemTables"/>. They are no part of the
    /// declarations and their <see cref="ToBytes"/>.</summary>
    public ImmutableArray<TableSchema> HostTables { get; }

    /// <summary><see cref="Tables"/> and <see cref="HostTables"/>, in the order of their numbers.</summary>
    public ImmutableArray<TableSchema> AllTables { get; }

    /// <summary>Reducers, by name.</summary>
    public ImmutableArray<ReducerSchema> Reducers { get; }

    /// <summary>Queries, by name.</summary>
    public ImmutableArray<QuerySchema> Queries { get; }

    /// <summary>Custom events, by name.</summary>
    public ImmutableArray<EventSchema> Events { get; }

    /// <summary>Subscriptions, by source, operation and handler.</summary>
    public ImmutableArray<SubscriptionSchema> Subscriptions { get; }

    /// <summary>Migrations, by versions.</summary>
    public ImmutableArray<MigrationSchema> Migrations { get; }

    /// <summary>Keys of the module declaration that this version does not know, by name.</summary>
    public ImmutableArray<ExtraKey> Extra { get; }

    // Written when first asked for; should two threads ask at once, both write the same bytes.
    private byte[] Bytes => _bytes ??= SchemaWriter.Write(this);

    /// <summary>Reads the declarations of a module: UTF-8, one JSON object a line.</summary>
    /// <param name="utf8Lines">The content of all its <c>interstice.schema</c> sections.</param>
    /// <param name="source">Who declares.</param>
    /// <exception cref="SchemaException">They contradict the ABI or themselves; the first contradiction
    /// found.</exception>
    public static ModuleSchema Parse(ReadOnlySpan<byte> utf8Lines, SchemaSource source = SchemaSource.Module) =>
        new(SchemaParser.Parse(utf8Lines, source), source);

    /// <summary>The declarations in canonical form: equal schemas give equal bytes, and <see cref="Parse"/> of the
    /// bytes gives an equal schema. A copy that the caller owns.</summary>
    public byte[] ToBytes() => [.. Bytes];

    /// <summary>The table of a name, the module's or the host's, or null.</summary>
    /// <param name="name">The name.</param>
    public TableSchema? FindTable(string name) => _tables.GetValueOrDefault(name);

    internal TableSchema? FindTable(ReadOnlySpan<byte> utf8Name) => Find(_tables, utf8Name);

    internal ReducerSchema? FindReducer(ReadOnlySpan<byte> utf8Name) => Find(_reducers, utf8Name);

    internal EventSchema? FindEvent(ReadOnlySpan<byte> utf8Name) => Find(_events, utf8Name);

    // Names are ASCII.
    private static T? Find<T>(Dictionary<string, T> named, ReadOnlySpan<byte> utf8Name)
        where T : class
    {
        Span<char> name = stackalloc char[SchemaLimits.NameLengthMax];
        if (utf8Name.Length > name.Length || System.Text.Ascii.ToUtf16(utf8Name, name, out int length) != System.Buffers.OperationStatus.Done)
            return null;
        return named.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name[..length], out T? found) ? found : null;
    }

    /// <summary>The reducer of a name, or null.</summary>
    /// <param name="name">The name.</param>
    public ReducerSchema? FindReducer(string name) => _reducers.GetValueOrDefault(name);

    /// <summary>The query of a name, or null.</summary>
    /// <param name="name">The name.</param>
    public QuerySchema? FindQuery(string name) => _queries.GetValueOrDefault(name);

    /// <summary>The event of a name, or null.</summary>
    /// <param name="name">The name.</param>
    public EventSchema? FindEvent(string name) => _events.GetValueOrDefault(name);

    /// <summary>The declared type of a name, or null.</summary>
    /// <param name="name">The name.</param>
    public NamedType? FindType(string name) => Types.FirstOrDefault(type => type.Name == name);

    /// <inheritdoc/>
    public bool Equals(ModuleSchema? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ModuleSchema);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name.Length, Tables.Length, Reducers.Length, Types.Length);

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Version}";
}
