namespace Interstice.Cli.Tests.Support;

/// <summary>CRC-32C bit by bit, to give a changed file a checksum that is right (RFC 3720, appendix B.4).</summary>
public static class Crc32C
{
    private const uint Polynomial = 0x82f63b78;

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int i = 0; i < 8; i++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
        }

        return ~crc;
    }
}
