namespace Interstice.Wasm.Execution;

/// <summary>Limits of one instance.</summary>
public sealed record InstanceOptions
{
    /// <summary>The defaults.</summary>
    public static InstanceOptions Default { get; } = new();

    /// <summary>Fuel at the start; at most 2^63 - 1 of it is used. Default: unlimited for all purposes.</summary>
    public ulong FuelInitial { get; init; } = long.MaxValue;

    /// <summary>Most units of call depth (docs/formats/fuel.md); an ordinary function takes one. Default
    /// 10,000.</summary>
    /// <remarks>The thread that calls the guest must have <see cref="GuestStack.BytesFor"/> of it.</remarks>
    public int CallDepthMax { get; init; } = 10_000;

    /// <summary>Most pages of 64 KiB that a memory defined by the module may have. Default 65,536 (4 GiB).</summary>
    public uint MemoryPagesMax { get; init; } = LinearMemory.PagesMax;

    /// <summary>Most entries that a table defined by the module may have. Default 10,000,000.</summary>
    public uint TableEntriesMax { get; init; } = 10_000_000;
}
