using Interstice.Host.Commands;
using Interstice.Host.Modules;

namespace Interstice.Host.Reducers;

/// <summary>A module that transactions over several modules go to. Used by the thread that runs them.</summary>
internal interface IGroupMember
{
    /// <summary>Its name.</summary>
    string Module { get; }

    /// <summary>The build that runs; there unless <see cref="Obstacle"/> says why not.</summary>
    LoadedModule? Loaded { get; }

    /// <summary>Watches the calls that the module is given from outside.</summary>
    CallWatch Watch { get; }

    /// <summary>Why it cannot run now; null if it can.</summary>
    (CallRefusal Kind, string Reason)? Obstacle { get; }
}
