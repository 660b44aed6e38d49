using System.Collections.Frozen;
using System.Collections.Immutable;
using Interstice.Host.Modules;

namespace Interstice.Host.Abi;

/// <summary>One function that modules may import from <c>interstice</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its type.</param>
/// <param name="Bind">Gives the delegate of one set of imports, of exactly that type.</param>
public sealed record HostFunction(string Name, FunctionShape Shape, Func<HostImports, Delegate> Bind)
{
    /// <summary>The module name that imports carry.</summary>
    public const string Module = "interstice";

    /// <summary>All functions of ABI 1 that this host runs, in the order of docs/abi.md.</summary>
    public static ImmutableArray<HostFunction> All { get; } =
    [
        Make("table", "ii:i", host => (Func<int, int, int>)host.Table),
        Make("index", "iii:i", host => (Func<int, int, int, int>)host.Index),
        Make("insert", "iiiii:i", host => (Func<int, int, int, int, int, int>)host.Insert),
        Make("update", "iii:i", host => (Func<int, int, int, int>)host.Update),
        Make("delete", "iii:i", host => (Func<int, int, int, int>)host.Delete),
        Make("get", "iiiii:i", host => (Func<int, int, int, int, int, int>)host.Get),
        Make("scan", "iiiiii:i", host => (Func<int, int, int, int, int, int, int>)host.Scan),
        Make("next", "iii:i", host => (Func<int, int, int, int>)host.Next),
        Make("close", "i:", host => (Action<int>)host.Close),
        Make("count", "i:l", host => (Func<int, long>)host.Count),
        Make("emit", "iiii:", host => (Action<int, int, int, int>)host.Emit),
        Make("returns", "ii:", host => (Action<int, int>)host.Returns),
        Make("fail", "ii:", host => (Action<int, int>)host.Fail),
        Make("log", "iii:", host => (Action<int, int, int>)host.Log),
        Make("now", ":l", host => (Func<long>)host.Now),
        Make("random", ":l", host => (Func<long>)host.Random),
        Make("caller", "i:", host => (Action<int>)host.Caller),
        Make("caller_module", "ii:i", host => (Func<int, int, int>)host.CallerModule),
        Make("schedule", "iiiill:l", host => (Func<int, int, int, int, long, long, long>)host.Schedule),
        Make("schedule_each", "iiiill:l", host => (Func<int, int, int, int, long, long, long>)host.ScheduleEach),
        Make("cancel", "l:i", host => (Func<long, int>)host.Cancel),
        Make("firing", "ii:i", host => (Func<int, int, int>)host.Firing),
        Make("call", "iiiiii:i", host => (Func<int, int, int, int, int, int, int>)host.Call),
        Make("result", "ii:i", host => (Func<int, int, int>)host.Result),
        Make("needed", ":i", host => (Func<int>)host.Needed),
    ];

    private static readonly FrozenDictionary<string, HostFunction> ByName =
        All.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Finds a function.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The function, or null.</returns>
    public static HostFunction? Find(string name) => ByName.GetValueOrDefault(name);

    private static HostFunction Make(string name, string shape, Func<HostImports, Delegate> bind) =>
        new(name, new FunctionShape(shape), bind);
}
