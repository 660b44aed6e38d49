namespace Interstice.Benchmarks;

/// <summary>A plain B+tree of numbers to objects: sorted arrays, leaves in a chain, no removal. What a table's index is measured
/// against.</summary>
/// <typeparam name="T">What the leaves hold.</typeparam>
internal sealed class PlainTree<T>
    where T : class
{
    private const int Fanout = 64;

    private Node _root = new(isLeaf: true);

    /// <summary>Adds a key that is not there.</summary>
    public void Add(ulong key, T value)
    {
        if (_root.Count == Fanout)
        {
            var root = new Node(isLeaf: false) { Count = 1 };
            root.Children![0] = _root;
            root.Split(0);
            _root = root;
        }

        Node node = _root;
        while (!node.IsLeaf)
        {
            int child = node.ChildOf(key);
            if (node.Children![child].Count == Fanout)
            {
                node.Split(child);
                child = node.ChildOf(key);
            }

            node = node.Children[child];
        }

        int at = ~Array.BinarySearch(node.Keys, 0, node.Count, key);
        if (at < 0) throw new ArgumentException($"key {key} is there");
        Array.Copy(node.Keys, at, node.Keys, at + 1, node.Count - at);
        Array.Copy(node.Values!, at, node.Values!, at + 1, node.Count - at);
        node.Keys[at] = key;
        node.Values![at] = value;
        node.Count++;
    }

    /// <summary>The value of a key, or null.</summary>
    public T? Find(ulong key)
    {
        Node leaf = LeafOf(key);
        int at = Array.BinarySearch(leaf.Keys, 0, leaf.Count, key);
        return at < 0 ? null : leaf.Values![at];
    }

    /// <summary>The values of a range in order.</summary>
    /// <param name="from">First key.</param>
    /// <param name="to">Behind the last.</param>
    /// <param name="visit">Is given each.</param>
    public void Scan(ulong from, ulong to, Action<T> visit)
    {
        Node? leaf = LeafOf(from);
        int at = Array.BinarySearch(leaf.Keys, 0, leaf.Count, from);
        for (at = at < 0 ? ~at : at; leaf is not null; leaf = leaf.Next, at = 0)
        {
            for (; at < leaf.Count; at++)
            {
                if (leaf.Keys[at] >= to) return;
                visit(leaf.Values![at]);
            }
        }
    }

    private Node LeafOf(ulong key)
    {
        Node node = _root;
        while (!node.IsLeaf) node = node.Children![node.ChildOf(key)];
        return node;
    }

    // An inner node has the smallest key of each child but the first, whose key is never looked at.
    private sealed class Node(bool isLeaf)
    {
        public ulong[] Keys { get; } = new ulong[Fanout];

        public T[]? Values { get; } = isLeaf ? new T[Fanout] : null;

        public Node[]? Children { get; } = isLeaf ? null : new Node[Fanout];

        public int Count { get; set; }

        public Node? Next { get; private set; }

        public bool IsLeaf => Children is null;

        public int ChildOf(ulong key)
        {
            int at = Array.BinarySearch(Keys, 1, Count - 1, key);
            return at < 0 ? ~at - 1 : at;
        }

        public void Split(int child)
        {
            Node left = Children![child];
            var right = new Node(left.IsLeaf) { Count = Fanout / 2, Next = left.Next };
            Array.Copy(left.Keys, Fanout / 2, right.Keys, 0, Fanout / 2);
            if (left.IsLeaf) Array.Copy(left.Values!, Fanout / 2, right.Values!, 0, Fanout / 2);
            else Array.Copy(left.Children!, Fanout / 2, right.Children!, 0, Fanout / 2);
            left.Count = Fanout / 2;
            if (left.IsLeaf) left.Next = right;
            Array.Copy(Keys, child + 1, Keys, child + 2, Count - child - 1);
            Array.Copy(Children, child + 1, Children, child + 2, Count - child - 1);
            Keys[child + 1] = right.Keys[0];
            Children[child + 1] = right;
            Count++;
        }
    }
}
