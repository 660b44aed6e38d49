namespace Interstice.Host.Abi;

/// <summary>Takes the log lines of one module. Called on its loop's thread.</summary>
public interface IGuestLog
{
    /// <summary>Takes a line.</summary>
    /// <param name="level">0 trace, 1 debug, 2 information, 3 warning, 4 error, 5 critical.</param>
    /// <param name="function">Reducer or query that runs.</param>
    /// <param name="text">The line.</param>
    void Write(int level, string function, string text);
}
