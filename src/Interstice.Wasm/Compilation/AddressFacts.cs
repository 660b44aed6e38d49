namespace Interstice.Wasm.Compilation;

/// <summary>What the code before a point has checked and marked, on every way to that point: it need not be done again.</summary>
/// <remarks>A fact is about the present value of a local or slot (its key) and goes when that is written. Memories never shrink while
/// their guest runs, and marks stay until the guest has ended, so nothing else ends a fact. Where control joins, the facts are
/// those that held when the block was entered, less what was written since; where a loop begins, less what is written anywhere from there on.
/// Bounded, so that the time to compile stays in proportion to the code.</remarks>
internal sealed class AddressFacts
{
    /// <summary>No mark has been set through the key.</summary>
    internal const long NoMark = long.MaxValue;

    private const int FactsMax = 64;

    private readonly Dictionary<int, int> _writes = [];
    private readonly List<Fact> _facts = [];
    private readonly List<ulong> _pages = [];

    /// <summary>What is known of a key; all zero and <see cref="NoMark"/> when nothing is.</summary>
    internal (ulong End, long Mark) this[int key]
    {
        get
        {
            int at = IndexOf(key);
            return at < 0 ? (0, NoMark) : (_facts[at].End, _facts[at].Mark);
        }
    }

    /// <summary>The bytes from the key's value up to an end lie inside.</summary>
    internal void SetEnd(int key, ulong end) => Set(key, end, this[key].Mark);

    /// <summary>The page of the key's value and an offset is marked, and what the mark covers after it.</summary>
    internal void SetMark(int key, long offset) => Set(key, this[key].End, offset);

    /// <summary>Both at once, of a value that was just written.</summary>
    internal void Set(int key, ulong end, long mark)
    {
        int at = IndexOf(key);
        var fact = new Fact(key, _writes.GetValueOrDefault(key), end, mark);
        if (at >= 0)
        {
            _facts[at] = fact;
            return;
        }

        if (_facts.Count == FactsMax) _facts.RemoveAt(0);
        _facts.Add(fact);
    }

    /// <summary>A page of a constant address is marked.</summary>
    /// <returns>Whether it was not before.</returns>
    internal bool AddPage(ulong page)
    {
        if (_pages.Contains(page)) return false;
        if (_pages.Count == FactsMax) _pages.RemoveAt(0);
        _pages.Add(page);
        return true;
    }

    /// <summary>The key is written.</summary>
    internal void Forget(int key)
    {
        _writes[key] = _writes.GetValueOrDefault(key) + 1;
        int at = IndexOf(key);
        if (at >= 0) _facts.RemoveAt(at);
    }

    /// <summary>What is known where a block is entered, for where control joins again.</summary>
    internal Snapshot Take() => new([.. _facts], [.. _pages]);

    /// <summary>Control joins: what was known then and was not written since.</summary>
    internal void GoBack(Snapshot then)
    {
        _facts.Clear();
        foreach (Fact fact in then.Facts)
            if (_writes.GetValueOrDefault(fact.Key) == fact.Writes) _facts.Add(fact);
        _pages.Clear();
        _pages.AddRange(then.Pages);
    }

    /// <summary>A loop begins: what is written in it is unknown from its second turn on.</summary>
    internal void Keep(Predicate<int> isUnchanged) => _facts.RemoveAll(fact => !isUnchanged(fact.Key));

    private int IndexOf(int key)
    {
        for (int i = _facts.Count - 1; i >= 0; i--)
            if (_facts[i].Key == key) return i;
        return -1;
    }

    /// <summary>Facts of one point.</summary>
    internal sealed record Snapshot(Fact[] Facts, ulong[] Pages);

    /// <summary>What is known of one value of a key.</summary>
    /// <param name="Key">Local + 1, or below zero a slot.</param>
    /// <param name="Writes">How often the key had been written.</param>
    /// <param name="End">Up to which offset it was checked.</param>
    /// <param name="Mark">The offset whose page is marked.</param>
    internal readonly record struct Fact(int Key, int Writes, ulong End, long Mark);
}
