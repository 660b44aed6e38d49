using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>A build of a module is in force from here on.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The event.</param>
/// <param name="Position">Its place in the store.</param>
/// <param name="Version">Number of the publication, from 1.</param>
/// <param name="Code">Hash of the binary.</param>
/// <param name="Publisher">Who published it.</param>
public sealed record ModulePublished(
    string Module, Revision Revision, Position Position, int Version, CodeHash Code, Identity Publisher)
    : ModuleNotification(Module, Revision, Position);
