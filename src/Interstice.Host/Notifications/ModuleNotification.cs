using Interstice.Kernel.Events;
using MediatR;

namespace Interstice.Host.Notifications;

/// <summary>Something that is durable in a module's stream. Handlers of this type hear of everything, in the order of the log.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The event, in the module's stream.</param>
/// <param name="Position">The event, in the store: where a handler may resume behind it.</param>
public abstract record ModuleNotification(string Module, Revision Revision, Position Position) : INotification;
