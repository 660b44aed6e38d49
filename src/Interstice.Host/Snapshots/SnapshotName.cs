using System.Globalization;
using Interstice.Kernel.Events;

namespace Interstice.Host.Snapshots;

/// <summary>Name of a snapshot's file: <c>MODULE-REVISION.snapshot</c>, the revision in 20 digits, so that names sort.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">Last revision that it holds.</param>
public readonly record struct SnapshotName(string Module, Revision Revision)
{
    /// <summary>What the name of a snapshot ends with.</summary>
    public const string Extension = ".snapshot";

    /// <summary>What follows the name of a snapshot that is being written.</summary>
    public const string UnfinishedExtension = ".new";

    private const int Digits = 20;

    /// <summary>Name of the file while it is being written.</summary>
    public string Unfinished => ToString() + UnfinishedExtension;

    /// <summary>Reads a file name.</summary>
    /// <param name="file">The name.</param>
    /// <param name="name">What it says.</param>
    /// <returns><see langword="false"/> if it is no snapshot's name.</returns>
    public static bool TryParse(string file, out SnapshotName name)
    {
        ArgumentNullException.ThrowIfNull(file);
        name = default;
        int dash = file.Length - Extension.Length - Digits - 1;
        if (dash < 1 || file[dash] != '-' || !file.EndsWith(Extension, StringComparison.Ordinal)) return false;
        bool isNumber = long.TryParse(
            file.AsSpan(dash + 1, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out long revision);
        if (isNumber) name = new(file[..dash], new Revision(revision));
        return isNumber;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Module}-{Revision.Value:D20}{Extension}");
}
