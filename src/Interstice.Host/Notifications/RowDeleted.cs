using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>A row of a logged table was removed.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The event.</param>
/// <param name="Position">Its place in the store.</param>
/// <param name="Row">The row as it was.</param>
/// <param name="Call">The call that did it; shared by the notifications of its transaction.</param>
public sealed record RowDeleted(string Module, Revision Revision, Position Position, RowView Row, TransactionRecord Call)
    : ModuleNotification(Module, Revision, Position);
