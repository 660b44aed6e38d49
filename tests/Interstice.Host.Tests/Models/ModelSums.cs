namespace Interstice.Host.Tests.Models;

/// <summary>What a run did.</summary>
internal sealed record ModelSums
{
    public long Committed { get; set; }

    public long Rejected { get; set; }

    public long Trapped { get; set; }

    public long Refused { get; set; }

    public long Queries { get; set; }

    public long Repeats { get; set; }

    public long Firings { get; set; }

    public long FailedFirings { get; set; }

    public long Faults { get; set; }

    public long Kills { get; set; }

    public long Restarts { get; set; }

    public long Snapshots { get; set; }

    public long Publications { get; set; }

    public long PublicationsRefused { get; set; }

    public long Reloads { get; set; }

    public long TakeOvers { get; set; }

    public long Conditions { get; set; }

    public long Comparisons { get; set; }

    public long RunAgain { get; set; }

    public void Add(ModelSums other)
    {
        foreach (System.Reflection.PropertyInfo property in typeof(ModelSums).GetProperties())
            if (property.PropertyType == typeof(long)) property.SetValue(this, (long)property.GetValue(this)! + (long)property.GetValue(other)!);
    }
}
