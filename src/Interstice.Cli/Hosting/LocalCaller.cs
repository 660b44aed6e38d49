using Interstice.Kernel.Events;

namespace Interstice.Cli.Hosting;

/// <summary>Who calls from the command line: the user of this machine, vouched for by nobody.</summary>
internal static class LocalCaller
{
    /// <summary>Issuer of identities of the command line.</summary>
    public const string Issuer = "local";

    /// <summary>The identity of the user who runs the program.</summary>
    public static Identity Identity { get; } = Identity.Of(Issuer, Environment.UserName);
}
