using Interstice.Kernel.Events;

namespace Interstice.Journal.Backup;

/// <summary>A backup does not reach the point that was asked for. Nothing was restored.</summary>
/// <param name="message">Which point, and what the backup has.</param>
public sealed class RestorePointException(string message) : EventStoreException(EventStoreErrorKind.Refused, message);
