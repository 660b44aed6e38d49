namespace EventStore.Client;

/// <summary>Settings of a client.</summary>
public class EventStoreClientSettings
{
    /// <summary>A name that the server logs; null for a random one.</summary>
    public string? ConnectionName { get; set; }

    /// <summary>Makes what sends requests; null for the usual one.</summary>
    public Func<HttpMessageHandler>? CreateHttpMessageHandler { get; set; }

    /// <summary>How calls are made.</summary>
    public EventStoreClientOperationOptions OperationOptions { get; set; } = EventStoreClientOperationOptions.Default;

    /// <summary>Where the servers are.</summary>
    public EventStoreClientConnectivitySettings ConnectivitySettings { get; set; } = EventStoreClientConnectivitySettings.Default;

    /// <summary>Who calls, if a call does not say otherwise.</summary>
    public UserCredentials? DefaultCredentials { get; set; }

    /// <summary>How long a call that is no stream may take, if it does not say otherwise. Default 10 seconds.</summary>
    public TimeSpan? DefaultDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads a connection string.</summary>
    /// <param name="connectionString">Such as <c>esdb://admin:changeit@host:2113?tls=false</c>, or <c>esdb+discover://</c> for a
    /// cluster.</param>
    /// <exception cref="ConnectionStringParseException">It is none.</exception>
    public static EventStoreClientSettings Create(string connectionString) => ConnectionString.Parse(connectionString);
}
