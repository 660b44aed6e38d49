using Interstice.Kernel.Events;

namespace Interstice.Conformance.Tests.Places;

/// <summary>A server of EventStoreDB's protocol.</summary>
internal interface IServer : IAsyncDisposable
{
    /// <summary>Where it is.</summary>
    string ConnectionString { get; }

    /// <summary>The part of the server that the scenario has for itself.</summary>
    IEventStore Own(IEventStore connection);
}
