using System.Net.Http.Headers;
using System.Text;

namespace EventStore.Client;

/// <summary>Who calls.</summary>
public sealed class UserCredentials
{
    private readonly AuthenticationHeaderValue _header;

    /// <summary>By name and password.</summary>
    public UserCredentials(string username, string password)
    {
        Username = username;
        Password = password;
        _header = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}")));
    }

    /// <summary>By a token.</summary>
    public UserCredentials(string bearerToken) => _header = new AuthenticationHeaderValue("Bearer", bearerToken);

    /// <summary>The name, or null.</summary>
    public string? Username { get; }

    /// <summary>The password, or null.</summary>
    public string? Password { get; }

    /// <summary>The header's value.</summary>
    public static implicit operator string(UserCredentials self) => self.ToString();

    /// <inheritdoc/>
    public override string ToString() => _header.ToString();
}
