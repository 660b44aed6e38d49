namespace Interstice.Host.Ownership;

/// <summary>The host that owns a module, as another one sees it.</summary>
/// <param name="Host">Its id.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Name">Its name; empty until a heartbeat of it was seen.</param>
/// <param name="Url">Where it takes calls; empty if it does not say.</param>
public sealed record ModuleOwner(Guid Host, ulong Epoch, string Name, string Url)
{
    /// <summary>Who that is, in words.</summary>
    public override string ToString()
    {
        string name = Name.Length == 0 ? $"host {Host}" : $"host {Name} ({Host})";
        return Url.Length == 0 ? name : $"{name} at {Url}";
    }
}
