using Interstice.Kernel.Mutations;

namespace Interstice.Host.Reducers;

/// <summary>Writes rows of the host's tables (<see cref="Kernel.Schema.SystemTables"/>) into a transaction that has just begun, before a
/// reducer runs in it, through the overlay that the reducer will write through: all of it is durable, or undone, together.</summary>
/// <param name="overlay">The transaction.</param>
public delegate void HostRows(MutationOverlay overlay);
