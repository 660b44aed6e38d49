using Interstice.Kernel.Events;
using Interstice.TestKit.EventStores;

namespace Interstice.Server.Tests.EventStoreDb;

/// <summary>Reads of the store itself, past the endpoint.</summary>
internal static class StoreReading
{
    internal static async Task<List<RecordedCopy>> CollectAsync(IAsyncEnumerable<ReadOnlyMemory<RecordedEvent>> read)
    {
        List<RecordedCopy> copies = [];
        await foreach (ReadOnlyMemory<RecordedEvent> batch in read)
            foreach (RecordedEvent recorded in batch.ToArray()) copies.Add(RecordedCopy.Of(recorded));
        return copies;
    }
}
