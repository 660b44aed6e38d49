using Interstice.Wasm.Execution;

namespace Interstice.Wasm.Tests.Execution;

public sealed class LinearMemoryTests
{
    private const uint PageBytes = LinearMemory.PageBytes;

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, PageBytes, true)]
    [InlineData(PageBytes, 0, true)]
    [InlineData(PageBytes - 1, 1, true)]
    [InlineData(PageBytes, 1, false)]
    [InlineData(1, PageBytes, false)]
    [InlineData(uint.MaxValue, 1, false)]
    [InlineData(uint.MaxValue, uint.MaxValue, false)]
    [InlineData(PageBytes + 1, 0, false)]
    public void A_range_is_lent_only_if_it_lies_inside(uint address, uint length, bool isInside)
    {
        using var memory = new LinearMemory(1);
        if (isInside)
        {
            memory.Read(address, length).Length.ShouldBe((int)length);
            memory.Write(address, length).Length.ShouldBe((int)length);
            return;
        }

        Should.Throw<WasmTrapException>(() => memory.Read(address, length).Length).Kind.ShouldBe(TrapKind.MemoryOutOfBounds);
        Should.Throw<WasmTrapException>(() => memory.Write(address, length).Length).Kind.ShouldBe(TrapKind.MemoryOutOfBounds);
    }

    [Fact]
    public void Growth_keeps_contents_and_adds_zeroes_at_the_same_address()
    {
        using var memory = new LinearMemory(1, 300);
        memory.Write(PageBytes - 1, 1)[0] = 7;
        memory.Grow(255).ShouldBe(1);
        memory.Pages.ShouldBe(256u);
        memory.Read(PageBytes - 1, 2).ToArray().ShouldBe([7, 0]);
        memory.Read((256 * PageBytes) - 1, 1)[0].ShouldBe((byte)0);
        memory.Grow(45).ShouldBe(-1);
        memory.Grow(0).ShouldBe(256);
    }

    [Fact]
    public void The_types_maximum_answers_and_the_hosts_limit_traps()
    {
        using var memory = new LinearMemory(1, 10, pagesCap: 5);
        memory.Grow(10).ShouldBe(-1);
        Should.Throw<WasmTrapException>(() => memory.Grow(5)).Kind.ShouldBe(TrapKind.MemoryLimitExceeded);
        memory.Grow(4).ShouldBe(1);
        Should.Throw<WasmTrapException>(() => new LinearMemory(6, null, pagesCap: 5)).Kind.ShouldBe(TrapKind.MemoryLimitExceeded);
    }

    [Fact]
    public void Many_memories_fit_side_by_side()
    {
        var memories = Enumerable.Range(0, 200).Select(_ => new LinearMemory(1)).ToList();
        foreach (LinearMemory memory in memories) memory.Write(0, 1)[0] = 1;
        memories.Sum(memory => memory.Read(0, 1)[0]).ShouldBe(200);
        memories.ForEach(memory => memory.Dispose());
    }
}
