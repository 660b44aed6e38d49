using System.Text;
using Interstice.Journal.Checksums;

namespace Interstice.Journal.Tests.Checksums;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4, and the check value of the polynomial's catalogue entry.
    [Fact]
    public void The_published_examples_come_out()
    {
        Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")).ShouldBe(0xE3069283u);
        Crc32C.Compute(new byte[32]).ShouldBe(0x8A9136AAu);
        Crc32C.Compute([.. Enumerable.Repeat((byte)0xff, 32)]).ShouldBe(0x62A8AB43u);
        Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).ShouldBe(0x46DD794Eu);
        Crc32C.Compute([.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))]).ShouldBe(0x113FDB5Cu);
    }

    [Fact]
    public void Every_length_gives_what_the_definition_gives()
    {
        int seed = Environment.TickCount;
        byte[] bytes = new byte[20_000];
        new Random(seed).NextBytes(bytes);
        for (int length = 0; length < bytes.Length; length += length < 2000 ? 1 : 379)
            Crc32C.Compute(bytes.AsSpan(0, length)).ShouldBe(ByDefinition(bytes.AsSpan(0, length)), $"length {length}, seed {seed}");
    }

    [Fact]
    public void Cutting_the_input_anywhere_changes_nothing()
    {
        byte[] bytes = [.. Enumerable.Range(0, 9000).Select(i => (byte)(i * 31))];
        uint whole = Crc32C.Compute(bytes);
        for (int cut = 0; cut <= bytes.Length; cut += 17)
            Crc32C.Continue(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)).ShouldBe(whole, $"cut at {cut}");
        Crc32C.Continue(7, 0x0807060504030201ul).ShouldBe(Crc32C.Continue(7, [1, 2, 3, 4, 5, 6, 7, 8]));
    }

    private static uint ByDefinition(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
        }

        return ~crc;
    }
}
