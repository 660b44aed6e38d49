namespace Interstice.Kernel.Schema;

/// <summary>A key of a declaration that this version of the host does not know. It is kept, so that what a newer tool
/// wrote survives.</summary>
/// <param name="Name">The key.</param>
/// <param name="Json">Its value, as JSON without white space.</param>
public sealed record ExtraKey(string Name, string Json);
