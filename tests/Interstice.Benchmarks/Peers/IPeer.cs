namespace Interstice.Benchmarks.Peers;

/// <summary>A database that does the same durable jobs as the product, beside it on the same device.</summary>
internal interface IPeer : IDisposable
{
    /// <summary>Product and version.</summary>
    string Name { get; }

    /// <summary>How it is set up and reached; for the report.</summary>
    string Settings { get; }

    /// <summary>Whether only one connection can write at a time. What several clients ask for at once then goes into one of its
    /// transactions, as an application with a queue before it would do it.</summary>
    bool HasOneWriter { get; }

    /// <summary>A connection of its own, used by one thread.</summary>
    IPeerClient Connect();

    /// <summary>Removes the events that were appended.</summary>
    void ClearEvents();

    /// <summary>Makes accounts 1 to <paramref name="count"/>, and forgets all transfers.</summary>
    void OpenAccounts(int count);
}
