namespace Interstice.Wasm.Tests.Fuzzing;

/// <summary>How a binary ended that was loaded and, where it is a module, run.</summary>
internal enum RunEnding
{
    /// <summary>Loading refused it.</summary>
    Refused,

    /// <summary>The compiler, an import, a limit or its start refused it.</summary>
    NotStarted,

    /// <summary>Its exports were called.</summary>
    Ran,
}
