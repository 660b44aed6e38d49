using Interstice.Host.Reducers;

namespace Interstice.Host.Ownership;

/// <summary>Modules that may call each other, directly or over others: they have one owner together (docs/semantics.md, Calls).</summary>
internal sealed class ExecutionGroup
{
    private Task[] _changes = [];
    private Task _change = Task.CompletedTask;

    /// <summary>Makes a group.</summary>
    /// <param name="members">Loops of its modules, at least one.</param>
    public ExecutionGroup(params IEnumerable<ModuleLoop> members) =>
        Members = [.. members.OrderBy(loop => loop.Projection.Module, StringComparer.Ordinal)];

    /// <summary>Loops of its modules by name: the order in which they are claimed.</summary>
    public IReadOnlyList<ModuleLoop> Members { get; }

    /// <summary>Name of the group: of its first module.</summary>
    public string Name => Members[0].Projection.Module;

    /// <summary>Highest epoch of its modules when their roles changed last.</summary>
    public ulong Epoch => Members.Max(loop => loop.EpochOfRole);

    /// <summary>What the host is to the group: the owner only if it is that of every module.</summary>
    public ModuleRole Role
    {
        get
        {
            ModuleRole[] roles = [.. Members.Select(loop => loop.Standing.Role)];
            foreach (ModuleRole role in (ModuleRole[])[ModuleRole.Failed, ModuleRole.Resolving, ModuleRole.Following])
                if (roles.Contains(role)) return role;
            return ModuleRole.Owner;
        }
    }

    /// <summary>Whether this host owns the first module and not all others: it is to take these.</summary>
    public bool IsLed =>
        Members[0].Standing.Role == ModuleRole.Owner && Members.Any(loop => loop.Standing.Role == ModuleRole.Following);

    /// <summary>Whether the store does not answer what a module has to ask it.</summary>
    public bool IsUnanswered => Members.Any(loop => loop.Standing.FailedAttempts > 0);

    /// <summary>Ends when a role changes. Read it before <see cref="Role"/>, by one caller at a time.</summary>
    public Task RoleChange
    {
        get
        {
            if (Members.Count == 1) return Members[0].RoleChange;

            // Roles live long: a new combination at each look would hang on to each of them until it changes.
            Task[] changes = [.. Members.Select(loop => loop.RoleChange)];
            if (!changes.AsSpan().SequenceEqual(_changes)) (_changes, _change) = (changes, Task.WhenAny(changes));
            return _change;
        }
    }
}
