namespace Interstice.EventStoreDb;

/// <summary>Tells which appends were under way alone. Thread-safe.</summary>
/// <remarks>A node that has stopped to lead ends the whole call in which appends stand, and a client tells all of them the same. The node
/// wrote nothing of the one that it refused; those before it may be written. So its word is taken only by an append that had no company
/// from its beginning on.</remarks>
internal sealed class AppendCompany
{
    private readonly Lock _lock = new();
    private Company? _company;
    private int _underWay;

    /// <summary>An append begins.</summary>
    /// <returns>What <see cref="End"/> wants.</returns>
    internal Company Begin()
    {
        lock (_lock)
        {
            if (_underWay++ == 0) _company = new Company();
            else _company!.IsShared = true;
            return _company;
        }
    }

    /// <summary>It has ended.</summary>
    /// <returns>Whether none was under way beside it.</returns>
    internal bool End(Company company)
    {
        lock (_lock)
        {
            _underWay--;
            return !company.IsShared;
        }
    }

    /// <summary>Appends that were under way together, one behind the other at least.</summary>
    internal sealed class Company
    {
        internal bool IsShared { get; set; }
    }
}
