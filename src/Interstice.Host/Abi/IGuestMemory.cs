namespace Interstice.Host.Abi;

/// <summary>Linear memory as host functions see it: every access is checked, every write is noted for the reset.</summary>
public interface IGuestMemory
{
    /// <summary>Bytes to read, valid until the guest runs again.</summary>
    /// <param name="address">First byte, unsigned.</param>
    /// <param name="length">How many, unsigned.</param>
    /// <exception cref="Modules.ModuleTrapException">The range is not inside memory.</exception>
    ReadOnlySpan<byte> Read(int address, int length);

    /// <summary>Bytes to write, valid until the guest runs again.</summary>
    /// <param name="address">First byte, unsigned.</param>
    /// <param name="length">How many, unsigned.</param>
    /// <exception cref="Modules.ModuleTrapException">The range is not inside memory.</exception>
    Span<byte> Write(int address, int length);
}
