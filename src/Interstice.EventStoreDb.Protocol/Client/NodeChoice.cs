using Interstice.EventStoreDb.Protocol.Messages;
using State = Interstice.EventStoreDb.Protocol.Messages.MemberInfo.Types.VNodeState;

namespace EventStore.Client;

/// <summary>Which node of a cluster is talked to.</summary>
internal static class NodeChoice
{
    private static readonly State[] Usable = [State.Leader, State.Follower, State.ReadOnlyReplica, State.PreReadOnlyReplica, State.ReadOnlyLeaderless];

    /// <summary>A node that is alive and can be used, of the preferred kind if there is one; null for none.</summary>
    internal static MemberInfo? Choose(IEnumerable<MemberInfo> members, NodePreference preference, Random random)
    {
        MemberInfo[] nodes = [.. members.Where(member => member.IsAlive && member.HttpEndPoint is not null && Usable.Contains(member.State))];
        random.Shuffle(nodes);
        State[] preferred = preference switch
        {
            NodePreference.Leader => [State.Leader],
            NodePreference.Follower => [State.Follower],
            NodePreference.ReadOnlyReplica => [State.ReadOnlyReplica, State.PreReadOnlyReplica, State.ReadOnlyLeaderless],
            _ => [],
        };
        return nodes.FirstOrDefault(node => preferred.Contains(node.State)) ?? nodes.FirstOrDefault();
    }
}
