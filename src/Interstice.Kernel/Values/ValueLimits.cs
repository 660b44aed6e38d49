using System.Text.Json;

namespace Interstice.Kernel.Values;

/// <summary>Bounds that hold for every value.</summary>
public static class ValueLimits
{
    /// <summary>How many options, lists, maps, structs and enums may stand around a value. The row, the argument list
    /// and named wrappers do not count.</summary>
    public const int DepthMax = 64;

    /// <summary>Options for reading JSON that is to become values: deep enough for all values of <see cref="DepthMax"/>
    /// levels, since an entry of a map is two levels of JSON.</summary>
    public static JsonDocumentOptions Json { get; } = new() { MaxDepth = (2 * DepthMax) + 8 };
}
