using System.Globalization;

namespace Interstice.Wasm.Tests.Hunting;

/// <summary>Options of the form <c>--name value</c>.</summary>
internal sealed class HuntOptions(string[] arguments)
{
    /// <summary>A text.</summary>
    public string Text(string name, string otherwise)
    {
        int at = Array.IndexOf(arguments, "--" + name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : otherwise;
    }

    /// <summary>A number.</summary>
    public double Number(string name, double otherwise) =>
        double.Parse(Text(name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
