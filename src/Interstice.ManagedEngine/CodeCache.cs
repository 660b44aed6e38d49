using Interstice.Kernel.Events;
using Interstice.Wasm.Binary;

namespace Interstice.ManagedEngine;

/// <summary>What is loaded, by the hash of the binary: each is compiled once. Thread-safe.</summary>
internal sealed class CodeCache
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CodeHash, SharedCode> _codes = [];

    /// <summary>The cache of this process.</summary>
    public static CodeCache Shared { get; } = new();

    /// <summary>How many binaries are loaded.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _codes.Count;
        }
    }

    /// <summary>Takes a binary into use; to be given back by <see cref="Return"/>.</summary>
    /// <exception cref="WasmFormatException">The binary is refused.</exception>
    public SharedCode Rent(ReadOnlyMemory<byte> binary)
    {
        var hash = CodeHash.Of(binary.Span);
        SharedCode? code;
        lock (_gate)
        {
            if (!_codes.TryGetValue(hash, out code)) _codes.Add(hash, code = new SharedCode(hash, binary));
            code.Users++;
        }

        try
        {
            // Outside the gate: whoever loads the same binary meanwhile waits for this, nobody else does.
            _ = code.Module;
            return code;
        }
        catch
        {
            Return(code);
            throw;
        }
    }

    /// <summary>Gives a binary back; the last one to do so ends it.</summary>
    public void Return(SharedCode code)
    {
        lock (_gate)
        {
            if (--code.Users > 0) return;
            _codes.Remove(code.Hash);
        }

        code.Dispose();
    }
}
