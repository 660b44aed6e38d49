namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>An input found a fault.</summary>
internal sealed class InputException(string message, byte[] input, Exception? inner = null)
    : Exception($"{message} (input {Convert.ToHexString(input)})", inner)
{
    /// <summary>The input.</summary>
    public byte[] Input { get; } = input;
}
