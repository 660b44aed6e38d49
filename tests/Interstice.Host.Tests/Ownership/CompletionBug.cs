namespace Interstice.Host.Tests.Ownership;

/// <summary>Planted bugs of a host that completes transactions of others.</summary>
public enum CompletionBug
{
    /// <summary>It takes a part for appended that it never sent.</summary>
    Skipped,

    /// <summary>It appends a part twice.</summary>
    Twice,
}
