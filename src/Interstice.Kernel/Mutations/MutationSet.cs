using System.Runtime.InteropServices;

namespace Interstice.Kernel.Mutations;

/// <summary>The net changes of one transaction in the order in which their rows were first touched, and its emitted events among
/// them. Borrowed from the overlay until its next transaction begins.</summary>
public sealed class MutationSet
{
    private readonly List<Change> _changes = [];
    private byte[] _bytes = [];

    internal MutationSet()
    {
    }

    /// <summary>How many there are.</summary>
    public int Count => _changes.Count;

    /// <summary>How many of them belong into the log.</summary>
    public int LoggedCount { get; private set; }

    /// <summary>One of them.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public Mutation this[int index]
    {
        get
        {
            ref readonly Change change = ref CollectionsMarshal.AsSpan(_changes)[index];
            return new Mutation(change.Kind, change.IsLogged, change.Number,
                _bytes.AsSpan(change.OldOffset, change.OldLength), _bytes.AsSpan(change.NewOffset, change.NewLength));
        }
    }

    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(this);

    internal void Begin(byte[] bytes)
    {
        _changes.Clear();
        _bytes = bytes;
        LoggedCount = 0;
    }

    internal void Add(in Change change)
    {
        _changes.Add(change);
        if (change.IsLogged) LoggedCount++;
    }

    internal readonly record struct Change(
        MutationKind Kind, bool IsLogged, int Number, int OldOffset, int OldLength, int NewOffset, int NewLength);

    /// <summary>Goes through a set.</summary>
    public struct Enumerator
    {
        private readonly MutationSet _set;
        private int _index;

        internal Enumerator(MutationSet set)
        {
            _set = set;
            _index = -1;
        }

        /// <summary>The mutation.</summary>
        public readonly Mutation Current => _set[_index];

        /// <summary>Goes on to the next one.</summary>
        public bool MoveNext() => ++_index < _set.Count;
    }
}
