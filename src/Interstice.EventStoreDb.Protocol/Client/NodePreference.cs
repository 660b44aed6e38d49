namespace EventStore.Client;

/// <summary>Which node of a cluster to talk to, if there is a choice.</summary>
public enum NodePreference
{
    /// <summary>The leader.</summary>
    Leader,

    /// <summary>A follower.</summary>
    Follower,

    /// <summary>Any.</summary>
    Random,

    /// <summary>One that only reads.</summary>
    ReadOnlyReplica,
}
