namespace Interstice.TestKit.Journals;

/// <summary>Which operation fails, counted from 1, and how.</summary>
/// <param name="At">The operation; 0 for none.</param>
/// <param name="Error">The error number that it fails with.</param>
/// <param name="IsSticky">Whether all operations after it fail too.</param>
/// <param name="IsShort">Whether a failing write writes half of its bytes first.</param>
public sealed class FaultPlan(int At, int Error, bool IsSticky, bool IsShort)
{
    /// <summary>The device answers with an error (EIO).</summary>
    public const int Device = 5;

    /// <summary>The device is full (ENOSPC).</summary>
    public const int Full = 28;

    /// <summary>Everything succeeds.</summary>
    public static FaultPlan None => new(0, 0, IsSticky: false, IsShort: false);

    /// <summary>Counts only operations on this file; null for all.</summary>
    public string? OnlyNamed { get; init; }

    /// <summary>Counts only these operations: by default those that change something.</summary>
    public IReadOnlyCollection<FaultPoint> Points { get; init; } =
        [FaultPoint.Write, FaultPoint.Sync, FaultPoint.Name, FaultPoint.SetLength];

    /// <summary>A sync that is to fail reports success instead, and what it should have made durable is still not: for ever, or until
    /// the next sync of the same file.</summary>
    public SyncLie Lie { get; init; }

    /// <summary>Operations so far.</summary>
    public int Operations { get; private set; }

    /// <summary>What failed first, and on which file; null while nothing has.</summary>
    public (FaultPoint Point, string Name)? Failed { get; private set; }

    /// <summary>Counts an operation.</summary>
    /// <exception cref="IOException">It is one that fails.</exception>
    public void Pass(FaultPoint point, string name)
    {
        if ((OnlyNamed is not null && OnlyNamed != name) || !Points.Contains(point)) return;
        Operations++;
        if (At == 0 || Operations < At || (Operations > At && !IsSticky)) return;
        Failed ??= (point, name);
        throw Failure(point, name);
    }

    /// <summary>Counts a sync.</summary>
    /// <returns>What the device does with it.</returns>
    /// <exception cref="IOException">It fails, and says so.</exception>
    public SyncLie PassSync(string name)
    {
        try
        {
            Pass(FaultPoint.Sync, name);
            return SyncLie.None;
        }
        catch (IOException) when (Lie != SyncLie.None)
        {
            return Lie;
        }
    }

    /// <summary>Counts a write.</summary>
    /// <returns>How many bytes are written before it fails, or all.</returns>
    public int PassWrite(string name, int bytes, out IOException? failure)
    {
        failure = null;
        try
        {
            Pass(FaultPoint.Write, name);
            return bytes;
        }
        catch (IOException e)
        {
            failure = e;
            return IsShort ? bytes / 2 : 0;
        }
    }

    private IOException Failure(FaultPoint point, string name) =>
        new($"planned failure {Error} of operation {Operations}, {point} of {name}", Error);
}
