namespace Interstice.Kernel.Tables;

/// <summary>One change of a <see cref="ChangeBatch"/>.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Start">Where its rows begin in the batch's bytes, the one before first.</param>
/// <param name="OldLength">Bytes of the row before.</param>
/// <param name="NewLength">Bytes of the row after.</param>
/// <param name="KeyHash">Hash of its primary key.</param>
/// <param name="At">Number of its event.</param>
/// <param name="TransactionEnd">Number of the last event of its transaction.</param>
internal readonly record struct TableChange(
    RowChangeKind Kind, int Start, int OldLength, int NewLength, uint KeyHash, int At, int TransactionEnd);

/// <summary>Why a batch of changes does not fit a table.</summary>
/// <param name="At">Number of the event.</param>
/// <param name="IsOfTransaction">Whether each change fitted and the transaction, with its last event, does not.</param>
/// <param name="Cause">What does not fit.</param>
public sealed record ChangeMisfit(int At, bool IsOfTransaction, ProjectionDivergedException Cause);
