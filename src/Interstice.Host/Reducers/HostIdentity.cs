using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Who calls when the host does: what <c>caller()</c> gives in handlers of timers and subscriptions and in lifecycle reducers
/// that no client caused (docs/semantics.md, Identity). The same on every host.</summary>
public static class HostIdentity
{
    /// <summary>The issuer that vouches for hosts. No issuer of tokens may be configured under this name.</summary>
    public const string Issuer = "interstice host";

    /// <summary>The subject.</summary>
    public const string Subject = "host";

    /// <summary>The identity.</summary>
    public static Identity Value { get; } = Identity.Of(Issuer, Subject);
}
