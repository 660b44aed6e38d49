namespace Interstice.Kernel.Tables;

/// <summary>A table has reached the most that it can address.</summary>
public sealed class TableFullException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">Which bound was reached and what to do.</param>
    public TableFullException(string message)
        : base(message)
    {
    }
}
