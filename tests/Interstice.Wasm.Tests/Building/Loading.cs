using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Tests.Building;

/// <summary>Loads binaries and says how it came out.</summary>
internal static class Loading
{
    /// <summary>The refusal of a binary that must be refused.</summary>
    public static WasmFormatException Refusal(byte[] binary, ModuleLimits? limits = null) =>
        Should.Throw<WasmFormatException>(() => WasmModule.Load(binary, limits));

    /// <summary>The refusal of a binary, or null when it loads; any other exception fails the test.</summary>
    public static WasmFormatException? TryLoad(byte[] binary, ModuleLimits? limits = null)
    {
        try
        {
            WasmModule.Load(binary, limits);
            return null;
        }
        catch (WasmFormatException e)
        {
            return e;
        }
    }

    /// <summary>Checks kind and first words of a refusal.</summary>
    public static void ShouldSay(this WasmFormatException refusal, WasmFormatErrorKind kind, string words)
    {
        refusal.Message.ShouldStartWith(words, Case.Sensitive);
        refusal.Kind.ShouldBe(kind, refusal.Message);
    }
}
