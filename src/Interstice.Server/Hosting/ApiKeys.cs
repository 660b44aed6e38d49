using System.Security.Cryptography;
using System.Text;

namespace Interstice.Server.Hosting;

/// <summary>The keys that callers prove themselves with. Only their SHA-256 hashes are kept.</summary>
public sealed class ApiKeys
{
    /// <summary>Fewest characters of a key.</summary>
    public const int LengthMin = 16;

    /// <summary>Most characters of a key.</summary>
    public const int LengthMax = 512;

    private readonly byte[][] _hashes;

    private ApiKeys(byte[][] hashes) => _hashes = hashes;

    /// <summary>No key.</summary>
    public static ApiKeys None { get; } = new([]);

    /// <summary>Whether there is one.</summary>
    public bool Any => _hashes.Length > 0;

    /// <summary>Reads keys: one, or several on lines of their own, so that an old one and its successor hold side by side.</summary>
    /// <param name="text">The text; white space around keys, and empty lines, do not count.</param>
    /// <param name="place">Where it stands, for messages; the text itself is never named.</param>
    /// <exception cref="ArgumentException">There is no key, or one that is too short, too long, or not printable ASCII.</exception>
    public static ApiKeys Parse(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] keys = text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (keys.Length == 0) throw new ArgumentException($"{place} holds no API key; put one of {LengthMin} or more characters there");
        foreach (string key in keys)
        {
            if (key.Length is < LengthMin or > LengthMax)
            {
                throw new ArgumentException(
                    $"{place} holds an API key of {key.Length} characters; {LengthMin} to {LengthMax} are allowed, and random ones are best");
            }

            if (key.Any(letter => letter is <= ' ' or > '~'))
                throw new ArgumentException($"{place} holds an API key with a space or a letter outside ASCII; use printable ASCII");
        }

        return new ApiKeys([.. keys.Select(Hash)]);
    }

    /// <summary>Whether a text is one of the keys. Takes the same time whichever it is, or none.</summary>
    public bool Accept(string given)
    {
        ArgumentNullException.ThrowIfNull(given);
        byte[] hash = Hash(given);
        bool found = false;
        foreach (byte[] known in _hashes) found |= CryptographicOperations.FixedTimeEquals(known, hash);
        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
