using System.Globalization;

namespace Interstice.Wasm.Compilation;

/// <summary>Names of emitted methods.</summary>
internal static class MethodNames
{
    /// <summary>A function.</summary>
    internal static string OfFunction(int index) => string.Create(CultureInfo.InvariantCulture, $"f{index}");

    /// <summary>The entry of a type.</summary>
    internal static string OfEntry(int typeId) => string.Create(CultureInfo.InvariantCulture, $"e{typeId}");

    /// <summary>The entry of a type that takes values.</summary>
    internal static string OfRawEntry(int typeId) => string.Create(CultureInfo.InvariantCulture, $"r{typeId}");

    /// <summary>The bridge of a type.</summary>
    internal static string OfBridge(int typeId) => string.Create(CultureInfo.InvariantCulture, $"b{typeId}");

    /// <summary>The index in a function's name, or -1 when it is not one.</summary>
    internal static int FunctionOf(string name) =>
        name.Length > 1 && name[0] == 'f' && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? index
            : -1;
}
