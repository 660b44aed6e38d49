using Interstice.Wasm.Validation;

namespace Interstice.Wasm.Binary;

public sealed partial class WasmModule
{
    /// <summary>Decodes and validates a binary (core specification, chapters 5 and 3).</summary>
    /// <param name="binary">The whole module; copied, so that later changes to it change nothing here.</param>
    /// <param name="limits">What the module may declare; <see cref="ModuleLimits.Default"/> when null.</param>
    /// <returns>The module; nothing of it has run or been compiled.</returns>
    /// <exception cref="WasmFormatException">The binary is malformed, invalid, unsupported or over a limit.</exception>
    public static WasmModule Load(ReadOnlyMemory<byte> binary, ModuleLimits? limits = null)
    {
        limits ??= ModuleLimits.Default;
        if (binary.Length > limits.ModuleBytesMax)
        {
            throw WasmFormatException.OverLimit(
                0, "bytes of the module", (ulong)binary.Length, limits.ModuleBytesMax, nameof(limits.ModuleBytesMax));
        }

        ModuleDraft draft = ModuleDecoder.Decode(binary.ToArray(), limits);
        return new ModuleValidator(draft).Validate();
    }
}
