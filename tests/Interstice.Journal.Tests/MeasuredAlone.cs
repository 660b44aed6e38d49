namespace Interstice.Journal.Tests;

/// <summary>Tests that measure the heap of the process, which others that run beside them would change.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}
