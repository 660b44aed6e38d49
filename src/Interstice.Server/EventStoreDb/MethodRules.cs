namespace Interstice.Server.EventStoreDb;

/// <summary>What holds for calls of a method.</summary>
[Flags]
internal enum MethodRules
{
    /// <summary>Callers must be known, where anybody must, and send their request without long pauses.</summary>
    None = 0,

    /// <summary>Answered to callers who do not say who they are.</summary>
    ForEverybody = 1,

    /// <summary>The caller may be silent for as long as it likes.</summary>
    MayBeSilent = 2,
}
