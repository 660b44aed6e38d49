namespace Interstice.Kernel.Tables;

/// <summary>Enters rows into indexes somewhere else than where the tables are used. Its members are called where the tables are
/// used; batches may be run anywhere, one at a time.</summary>
public interface IIndexEntering
{
    /// <summary>Takes a batch, to call <see cref="IndexBatch.Run"/> soon, once, behind those that came before. Does not
    /// wait.</summary>
    /// <param name="batch">The batch.</param>
    void Begin(IndexBatch batch);

    /// <summary>Returns when a batch has been run, with everything that running it wrote.</summary>
    /// <param name="batch">One that was given to <see cref="Begin"/>.</param>
    void Wait(IndexBatch batch);
}
