using Interstice.Host.Commands;
using Interstice.Kernel.Events;

namespace Interstice.Host.Reducers;

/// <summary>Something that a module's loop does in its turn. Answered at most once, from any thread.</summary>
internal abstract class LoopWork
{
    /// <summary>Whether only the owner of the module may do it.</summary>
    public virtual bool Writes => false;

    /// <summary>Whether what it rests on may be in the store although it was undone here: it waits until that is known.</summary>
    public virtual bool MayBeInStore => Writes;

    /// <summary>What the work will read besides its own fields, or null.</summary>
    public virtual object? Inputs => null;

    /// <summary>Does the work on the loop's thread. What it leaves to be answered rests on the last position applied.</summary>
    public abstract void Execute(ModuleLoop loop);

    /// <summary>Everything that the work rests on is durable.</summary>
    /// <param name="revision">Last revision of its own transaction; of the module when it made none.</param>
    /// <param name="position">Position of the append that made it durable.</param>
    public abstract void Succeed(Revision revision, Position position);

    /// <summary>Like <see cref="Succeed"/>, on a thread that whoever waits for it may keep.</summary>
    public virtual void SucceedHere(Revision revision, Position position) => Succeed(revision, position);

    /// <summary>What the work rested on was undone.</summary>
    /// <returns>Whether the work is to be run again.</returns>
    public abstract bool Undone(CallRefusal kind, string reason);

    /// <summary>It cannot be said whether what the work rested on is durable.</summary>
    public abstract void Unresolved(string reason);

    /// <summary>The work was never begun.</summary>
    public abstract void Refuse(CallRefusal kind, string reason);
}
