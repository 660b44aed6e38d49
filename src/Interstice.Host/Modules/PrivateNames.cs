namespace Interstice.Host.Modules;

/// <summary>The sentence for a name that its own module alone may use.</summary>
public static class PrivateNames
{
    /// <summary>Says that something is private.</summary>
    /// <param name="what">What it is: reducer, query or table.</param>
    /// <param name="module">The module.</param>
    /// <param name="name">Its name there.</param>
    public static string Describe(string what, string module, string name) =>
        $"{what} {module}.{name} is private: only its own module may use it";
}
