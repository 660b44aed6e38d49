namespace Interstice.Host.Abi;

/// <summary>Fuel that each host function costs, besides one unit for each 64 bytes it copies. Part of fuel schedule 1: the
/// numbers never change under that version (docs/formats/fuel.md).</summary>
public static class HostCallCosts
{
    /// <summary><c>now</c>, <c>random</c>, <c>needed</c>, <c>caller</c>, <c>caller_module</c>, <c>count</c>, <c>close</c>, <c>firing</c>.
    /// </summary>
    public const uint Small = 10;

    /// <summary><c>table</c>, <c>index</c>: a look-up by name.</summary>
    public const uint Name = 50;

    /// <summary><c>get</c>.</summary>
    public const uint Get = 200;

    /// <summary><c>insert</c>, <c>update</c>, <c>delete</c>, <c>schedule</c>, <c>schedule_each</c>, <c>cancel</c>.</summary>
    public const uint Write = 500;

    /// <summary><c>scan</c>.</summary>
    public const uint Scan = 500;

    /// <summary><c>next</c>, and as much for each row.</summary>
    public const uint Row = 50;

    /// <summary><c>emit</c>, <c>returns</c>, <c>fail</c>, <c>result</c>, <c>log</c>.</summary>
    public const uint Message = 100;

    /// <summary><c>call</c>, besides what the reducer that is called uses.</summary>
    public const uint Call = 1000;

    /// <summary>Bytes that cost one unit.</summary>
    public const int BytesPerUnit = 64;
}
