namespace Interstice.Wasm.Spec.Suites;

/// <summary>A path holds no converted suite, or a file of it cannot be read.</summary>
public sealed class SuiteFormatException(string message, Exception? innerException = null)
    : Exception(message, innerException);
