namespace Interstice.Cli.Demo;

/// <summary>Is told of every answer before its caller makes the next call. Called by several threads.</summary>
internal interface IAcknowledgements
{
    /// <summary>Takes an answer.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="number">Which of its calls.</param>
    /// <param name="answer">The answer.</param>
    void Add(int caller, long number, Acknowledgement answer);
}
