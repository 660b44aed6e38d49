using System.Security.Cryptography;
using System.Text;
using Interstice.Cli.Errors;

namespace Interstice.Cli.Stores;

/// <summary>The address of an event store elsewhere: a connection string such as <c>esdb://user:password@host:2113</c>.</summary>
/// <param name="ConnectionString">As it was given; may hold a password.</param>
internal sealed record RemoteAddress(string ConnectionString)
{
    private static readonly string[] Schemes = ["esdb://", "esdb+discover://"];

    /// <summary>The address without credentials and settings, for messages.</summary>
    public string Name
    {
        get
        {
            int start = ConnectionString.IndexOf("://", StringComparison.Ordinal) + 3;
            // The last @ of all: a password that was not escaped may hold the letters that end an authority.
            string rest = ConnectionString[Math.Max(start, ConnectionString.LastIndexOf('@') + 1)..];
            int end = rest.AsSpan().IndexOfAny('/', '?');
            return ConnectionString[..start] + (end < 0 ? rest : rest[..end]);
        }
    }

    /// <summary>Whether it holds credentials, so that no part of it may be shown but <see cref="Name"/>.</summary>
    public bool HasCredentials => ConnectionString.Contains('@', StringComparison.Ordinal);

    /// <summary>Tells the snapshots of this store from those of others that use the same folder. What they say is compared with the log
    /// besides, so that an address behind which another store stands is found out.</summary>
    public Guid Id => new(SHA256.HashData(Encoding.UTF8.GetBytes(Name.ToLowerInvariant())).AsSpan(0, 16));

    /// <summary>Reads what <c>--store</c> says; null when it names a directory.</summary>
    /// <exception cref="CliException">It is an address, and none of a store.</exception>
    public static RemoteAddress? TryParse(string store)
    {
        if (Schemes.Any(scheme => store.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))) return new RemoteAddress(store);
        int end = store.IndexOf("://", StringComparison.Ordinal);
        if (end < 0 && !store.StartsWith("esdb:", StringComparison.OrdinalIgnoreCase)) return null;

        // What stands behind the scheme may hold a password.
        string given = end < 0 ? "esdb:" : store[..(end + 3)];
        throw new CliException(
            ExitCode.Usage,
            $"--store takes a directory, esdb://HOST:PORT or esdb+discover://HOST:PORT, not an address that begins with {given}"
                + (given.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? "; a running host is talked to with --server URL" : ""));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
