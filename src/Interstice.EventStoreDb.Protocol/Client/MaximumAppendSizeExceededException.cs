namespace EventStore.Client;

/// <summary>The events of one append are too large.</summary>
public class MaximumAppendSizeExceededException : Exception
{
    /// <summary>Makes one.</summary>
    public MaximumAppendSizeExceededException(uint maxAppendSize, Exception? innerException = null)
        : base($"Maximum Append Size of {maxAppendSize} Exceeded.", innerException) => MaxAppendSize = maxAppendSize;

    /// <summary>Makes one.</summary>
    public MaximumAppendSizeExceededException(int maxAppendSize, Exception? innerException = null)
        : this((uint)maxAppendSize, innerException)
    {
    }

    /// <summary>Most bytes that the server takes.</summary>
    public uint MaxAppendSize { get; }
}
