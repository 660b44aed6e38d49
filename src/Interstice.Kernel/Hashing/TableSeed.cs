using System.Text;

namespace Interstice.Kernel.Hashing;

/// <summary>What sets one table's rows and counter apart from another's in the state hash. Made from the table's name, so
/// that neither its number nor the order of declarations matters.</summary>
/// <param name="Rows">Seed of the hash of a row.</param>
/// <param name="Counter">Seed of the hash of the auto-increment counter.</param>
public readonly record struct TableSeed(ulong Rows, ulong Counter)
{
    /// <summary>The seeds of a table.</summary>
    /// <param name="tableName">Its name in the schema.</param>
    public static TableSeed Of(string tableName)
    {
        ArgumentNullException.ThrowIfNull(tableName);
        return new TableSeed(SeedOf("row:" + tableName), SeedOf("counter:" + tableName));
    }

    private static ulong SeedOf(string text) => (ulong)Xxh3.Hash128(Encoding.UTF8.GetBytes(text), seed: 0);
}
