using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>A reducer emitted a custom event, or a row of an event table.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The event.</param>
/// <param name="Position">Its place in the store.</param>
/// <param name="Event">Name of the event, or of the event table.</param>
/// <param name="Payload">The payload.</param>
/// <param name="Call">The call that did it; shared by the notifications of its transaction.</param>
public sealed record EventEmitted(
    string Module, Revision Revision, Position Position, string Event, PayloadView Payload, TransactionRecord Call)
    : ModuleNotification(Module, Revision, Position);
