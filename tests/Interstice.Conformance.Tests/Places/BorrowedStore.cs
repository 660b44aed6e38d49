using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Conformance.Tests.Places;

/// <summary>A store that somebody else closes.</summary>
internal sealed class BorrowedStore(IEventStore inner) : ForwardingStore(inner, isOwned: false);
