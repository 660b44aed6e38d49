using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Interstice.Server.EventStoreDb;

/// <summary>Who may call: names and passwords. It keeps no password, only what one is recognised by, and never shows either.</summary>
/// <remarks>All of what is known is compared with what came, each in constant time, so that nothing is told by how long a refusal takes.
/// </remarks>
public sealed class EndpointCredentials
{
    private const int LineCharactersMax = 1024;
    private const int UsersMax = 1000;

    private readonly byte[][] _known;

    private EndpointCredentials(IEnumerable<(string User, string Password)> users) =>
        _known = [.. users.Select(user => Digest($"{user.User}:{user.Password}"))];

    /// <summary>How a caller stands.</summary>
    internal enum Standing
    {
        /// <summary>Known.</summary>
        Known,

        /// <summary>Did not say who it is.</summary>
        Anonymous,

        /// <summary>Said something that is not so.</summary>
        Wrong,
    }

    /// <summary>One user.</summary>
    /// <param name="user">The name, without a colon.</param>
    /// <param name="password">The password, not empty.</param>
    /// <exception cref="ArgumentException">One is missing, or the name has a colon.</exception>
    public static EndpointCredentials Of(string user, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentException.ThrowIfNullOrEmpty(password);
        if (user.Contains(':')) throw new ArgumentException("the name of a user has no colon", nameof(user));
        return new([(user, password)]);
    }

    /// <summary>Users as a file gives them: <c>name:password</c>, one a line; empty lines and lines that begin with # are passed over.</summary>
    /// <param name="lines">The lines.</param>
    /// <exception cref="FormatException">A line is none, or there is no user; the message says which line and nothing of what it holds.
    /// </exception>
    public static EndpointCredentials Parse(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        List<(string, string)> users = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            int colon = line.IndexOf(':');
            if (colon < 1 || colon == line.Length - 1 || line.Length > LineCharactersMax)
                throw new FormatException($"line {number} is not name:password");
            if (users.Count == UsersMax) throw new FormatException($"there are more than {UsersMax} users");
            users.Add((line[..colon], line[(colon + 1)..]));
        }

        return users.Count > 0 ? new(users) : throw new FormatException("there is no line name:password");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_known.Length} users";

    /// <summary>Looks at the header of a call.</summary>
    internal Standing StandingOf(string? authorization)
    {
        if (string.IsNullOrEmpty(authorization)) return Standing.Anonymous;
        byte[] came = new byte[SHA256.HashSizeInBytes];
        bool isBasic = AuthenticationHeaderValue.TryParse(authorization, out AuthenticationHeaderValue? header)
            && header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            && TryDigest(header.Parameter, came);
        bool isKnown = false;
        foreach (byte[] known in _known) isKnown |= CryptographicOperations.FixedTimeEquals(known, came);
        return isBasic && isKnown ? Standing.Known : Standing.Wrong;
    }

    private static bool TryDigest(string? base64, byte[] digest)
    {
        Span<byte> bytes = new byte[4 * LineCharactersMax];
        if (base64 is null || !Convert.TryFromBase64String(base64, bytes, out int length)) return false;
        SHA256.HashData(bytes[..length], digest);
        return true;
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
