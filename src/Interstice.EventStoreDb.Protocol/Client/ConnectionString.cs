using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EventStore.Client;

/// <summary>Reads connection strings: <c>esdb://user:password@host:port,host:port/?key=value&amp;key=value</c>.</summary>
internal static class ConnectionString
{
    private const int PortDefault = 2113;

    private static readonly string[] Schemes = ["esdb", "esdb+discover"];

    internal static EventStoreClientSettings Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int end = text.IndexOf("://", StringComparison.Ordinal);
        if (end < 0) throw new NoSchemeException();
        string scheme = text[..end];
        if (!Schemes.Contains(scheme)) throw new InvalidSchemeException(scheme, Schemes);
        string rest = text[(end + 3)..];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string query = question < 0 ? "" : rest[(question + 1)..];
        string hosts = question < 0 ? rest : rest[..question];
        int slash = hosts.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            if (hosts[slash..] != "/")
                throw new ConnectionStringParseException($"The specified path must be either an empty string or a forward slash (/) but the following path was found instead: '{hosts[slash..]}'");
            hosts = hosts[..slash];
        }

        var settings = new EventStoreClientSettings();
        int at = hosts.LastIndexOf('@');
        if (at >= 0) settings.DefaultCredentials = Credentials(hosts[..at]);
        Dictionary<string, string> options = Options(query);
        foreach ((string key, string value) in options) Set(settings, key, value);
        SetHosts(settings.ConnectivitySettings, [.. hosts[(at + 1)..].Split(',').Select(Host)], isDiscovery: scheme == "esdb+discover");
        return settings;
    }

    private static UserCredentials Credentials(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 2) throw new InvalidUserCredentialsException(text);
        return new UserCredentials(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]));
    }

    private static EndPoint Host(string text)
    {
        string host = text;
        int port = PortDefault;
        int colon = text.LastIndexOf(':');
        if (colon >= 0 && !text.EndsWith(']'))
        {
            host = text[..colon];
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)
                throw new InvalidHostException(text);
        }

        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) throw new InvalidHostException(text);
        return IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address)
            ? new IPEndPoint(address, port)
            : new DnsEndPoint(host, port);
    }

    private static void SetHosts(EventStoreClientConnectivitySettings settings, EndPoint[] hosts, bool isDiscovery)
    {
        if (!isDiscovery && hosts.Length == 1)
        {
            settings.Address = NodeAddress.Of(hosts[0], isSecure: !settings.Insecure);
            return;
        }

        settings.GossipOverHttps = !settings.Insecure;
        if (hosts.All(host => host is IPEndPoint)) settings.IpGossipSeeds = [.. hosts.Cast<IPEndPoint>()];
        else settings.DnsGossipSeeds = [.. hosts.Select(host => host as DnsEndPoint ?? ByName((IPEndPoint)host))];
    }

    private static DnsEndPoint ByName(IPEndPoint host) => new(host.Address.ToString(), host.Port);

    private static Dictionary<string, string> Options(string query)
    {
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length != 2) throw new InvalidKeyValuePairException(pair);
            if (!options.TryAdd(parts[0], Uri.UnescapeDataString(parts[1]))) throw new DuplicateKeyException(parts[0]);
        }

        return options;
    }

    private static void Set(EventStoreClientSettings settings, string key, string value)
    {
        EventStoreClientConnectivitySettings connectivity = settings.ConnectivitySettings;
        switch (key.ToUpperInvariant())
        {
            case "TLS": connectivity.Insecure = !Flag(key, value); break;
            case "TLSVERIFYCERT": connectivity.TlsVerifyCert = Flag(key, value); break;
            case "TLSCAFILE": connectivity.TlsCaFile = Certificate(value); break;
            case "CONNECTIONNAME": settings.ConnectionName = value; break;
            case "MAXDISCOVERATTEMPTS": connectivity.MaxDiscoverAttempts = Number(key, value); break;
            case "DISCOVERYINTERVAL": connectivity.DiscoveryInterval = TimeSpan.FromMilliseconds(Number(key, value)); break;
            case "GOSSIPTIMEOUT": connectivity.GossipTimeout = TimeSpan.FromMilliseconds(Number(key, value)); break;
            case "KEEPALIVEINTERVAL": connectivity.KeepAliveInterval = KeepAlive(key, value); break;
            case "KEEPALIVETIMEOUT": connectivity.KeepAliveTimeout = KeepAlive(key, value); break;
            case "DEFAULTDEADLINE": settings.DefaultDeadline = TimeSpan.FromMilliseconds(Number(key, value)); break;
            case "THROWONAPPENDFAILURE": settings.OperationOptions.ThrowOnAppendFailure = Flag(key, value); break;
            case "NODEPREFERENCE":
                connectivity.NodePreference = Enum.TryParse(value, ignoreCase: true, out NodePreference preference)
                    && Enum.IsDefined(preference) && !char.IsAsciiDigit(value[0])
                        ? preference
                        : throw new InvalidSettingException($"Invalid NodePreference: {value}");
                break;
            default:
                throw new InvalidSettingException($"Unknown setting: {key}");
        }
    }

    private static bool Flag(string key, string value) => bool.TryParse(value, out bool flag)
        ? flag
        : throw new InvalidSettingException($"{key} must be either true or false");

    private static int Number(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new InvalidSettingException($"{key} must be an integer value");

    // -1 is never.
    private static TimeSpan KeepAlive(string key, string value) =>
        value == "-1" ? System.Threading.Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Number(key, value));

    private static X509Certificate2 Certificate(string path)
    {
        if (!File.Exists(path)) throw new InvalidSettingException($"Failed to load certificate. File was not found: {path}");
        try
        {
            return X509Certificate2.CreateFromPemFile(path);
        }
        catch (CryptographicException)
        {
            try
            {
                return X509CertificateLoader.LoadCertificateFromFile(path);
            }
            catch (CryptographicException fault)
            {
                throw new InvalidSettingException($"Failed to load certificate {path}: {fault.Message}");
            }
        }
    }
}
