using Interstice.Kernel.Tables;

namespace Interstice.Kernel.Tests.Tables;

/// <summary>Holds batches of rows back: until somebody waits for them, or until it is told to run some.</summary>
internal sealed class EnteringElsewhere : IIndexEntering
{
    private readonly Queue<IndexBatch> _held = new();

    /// <summary>Batches that were handed over, ever.</summary>
    internal int Begun { get; private set; }

    /// <summary>Batches that somebody had to wait for.</summary>
    internal int WaitedFor { get; private set; }

    /// <summary>Whether whoever waits is sent away before the batch has been run, as nobody may be.</summary>
    internal bool NeverRuns { get; init; }

    public void Begin(IndexBatch batch)
    {
        Begun++;
        _held.Enqueue(batch);
    }

    public void Wait(IndexBatch batch)
    {
        WaitedFor++;
        while (!NeverRuns && !batch.IsDone) RunOne();
    }

    /// <summary>Runs the oldest batch, if one is held.</summary>
    internal void RunOne()
    {
        if (_held.TryDequeue(out IndexBatch? batch)) batch.Run();
    }
}
