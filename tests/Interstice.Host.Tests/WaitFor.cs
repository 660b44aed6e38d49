namespace Interstice.Host.Tests;

/// <summary>Waits for a condition, with a generous end so that a failing test says what it waited for.</summary>
internal static class WaitFor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task ConditionAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.IsCancellationRequested.ShouldBeFalse($"waited in vain for {what}");
            await Task.Delay(1); // leaves the pool to whom it waits for
        }
    }
}
