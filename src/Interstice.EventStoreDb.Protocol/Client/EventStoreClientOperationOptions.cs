namespace EventStore.Client;

/// <summary>How calls are made.</summary>
public sealed class EventStoreClientOperationOptions
{
    /// <summary>What applies if nothing else is said.</summary>
    public static EventStoreClientOperationOptions Default => new();

    /// <summary>Whether an append whose expectation is not met throws, instead of giving a <see cref="WrongExpectedVersionResult"/>.
    /// Default true.</summary>
    public bool ThrowOnAppendFailure { get; set; } = true;

    /// <summary>Most bytes of events in one chunk of a batch append. Default 3 MiB.</summary>
    public int BatchAppendSize { get; set; } = 3 * 1024 * 1024;

    /// <summary>Makes the header that says who calls.</summary>
    public Func<UserCredentials, CancellationToken, ValueTask<string>> GetAuthenticationHeaderValue { get; set; } =
        (credentials, _) => new ValueTask<string>(credentials.ToString());

    /// <summary>A copy.</summary>
    public EventStoreClientOperationOptions Clone() => (EventStoreClientOperationOptions)MemberwiseClone();
}
