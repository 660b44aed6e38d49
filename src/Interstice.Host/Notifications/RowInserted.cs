using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>A row came into being in a logged table.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The event.</param>
/// <param name="Position">Its place in the store.</param>
/// <param name="Row">The row.</param>
/// <param name="Call">The call that did it; shared by the notifications of its transaction.</param>
public sealed record RowInserted(string Module, Revision Revision, Position Position, RowView Row, TransactionRecord Call)
    : ModuleNotification(Module, Revision, Position);
