using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.TestKit.Journals;

namespace Interstice.Conformance.Tests.Places;

/// <summary>The embedded journal, over files in memory that know what a killed process leaves behind.</summary>
internal sealed class JournalPlace : ScenarioPlace
{
    private MemoryFiles _files = new();
    private JournalStore? _journal;

    public override async Task<IEventStore> ConnectAsync() => _journal =
        await JournalStore.OpenAsync(new JournalOptions { Directory = _files.Directory, SegmentBytes = 8 << 20 }, null, _files);

    // The files as they are at this moment: what the store does while it is taken down goes elsewhere.
    public override async Task KillAsync()
    {
        MemoryFiles left = _files.Copy();
        if (_journal is not null) await _journal.DisposeAsync();
        (_files, _journal) = (left, null);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_journal is not null) await _journal.DisposeAsync();
    }
}
