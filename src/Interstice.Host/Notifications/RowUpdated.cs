using Interstice.Kernel.Events;

namespace Interstice.Host.Notifications;

/// <summary>A row of a logged table was replaced by another with the same primary key.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The event.</param>
/// <param name="Position">Its place in the store.</param>
/// <param name="OldRow">The row before.</param>
/// <param name="Row">The row after.</param>
/// <param name="Call">The call that did it; shared by the notifications of its transaction.</param>
public sealed record RowUpdated(
    string Module, Revision Revision, Position Position, RowView OldRow, RowView Row, TransactionRecord Call)
    : ModuleNotification(Module, Revision, Position);
