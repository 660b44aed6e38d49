namespace Interstice.Benchmarks;

/// <summary>How much is asked for at a time.</summary>
/// <param name="Clients">Callers that do not wait for each other.</param>
/// <param name="Pipelined">Requests that each sends before it waits for the answers to all of them.</param>
internal readonly record struct Load(int Clients, int Pipelined)
{
    public int InFlight => Clients * Pipelined;

    public override string ToString() => Pipelined == 1 ? $"{Clients:N0}" : $"{Clients} x {Pipelined}";
}
