namespace Interstice.Kernel.Tables;

/// <summary>A place between two entries of a <see cref="BTree"/>, named by the entry behind it; valid until the tree changes.</summary>
/// <param name="Leaf">The leaf of that entry, or -1 at the end.</param>
/// <param name="Index">Its index in the leaf; 0 at the end.</param>
internal readonly record struct TreePosition(int Leaf, int Index)
{
    internal static readonly TreePosition End = new(-1, 0);
}
