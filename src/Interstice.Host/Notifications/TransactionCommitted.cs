using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>All of a transaction was told: its rows and events came before.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">Its last event.</param>
/// <param name="Position">That event's place in the store.</param>
/// <param name="Call">The call that made it.</param>
public sealed record TransactionCommitted(string Module, Revision Revision, Position Position, TransactionRecord Call)
    : ModuleNotification(Module, Revision, Position);
