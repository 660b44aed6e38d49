namespace Interstice.Host.Reducers;

/// <summary>Something whose links of the hash chain are hashed when it is sent.</summary>
internal interface ILinked
{
    /// <summary>How many links have no value yet.</summary>
    int UnlinkedCount { get; }
}
