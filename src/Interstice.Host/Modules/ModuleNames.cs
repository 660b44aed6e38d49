using System.Text.RegularExpressions;

namespace Interstice.Host.Modules;

/// <summary>The grammar of module names.</summary>
public static partial class ModuleNames
{
    /// <summary>Checks a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ModuleRefusedException">It does not follow the grammar.</exception>
    public static void Check(string name)
    {
        if (!Grammar().IsMatch(name))
        {
            throw new ModuleRefusedException(
                ModuleRefusalKind.Schema,
                $"\"{name}\" is no module name; use a lower-case letter and up to 62 lower-case letters, digits or underscores");
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,62}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
