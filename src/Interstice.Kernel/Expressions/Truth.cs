namespace Interstice.Kernel.Expressions;

/// <summary>What a condition says about a row.</summary>
public enum Truth
{
    /// <summary>It does not hold.</summary>
    False,

    /// <summary>It holds.</summary>
    True,

    /// <summary>It cannot be said: a value that it depends on is null.</summary>
    Unknown,
}
