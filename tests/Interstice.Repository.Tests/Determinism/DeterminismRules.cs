namespace Interstice.Repository.Tests.Determinism;

/// <summary>What code that must give the same bytes everywhere may not use: clocks, random sources, files, cultures, threads and
/// the process around it.</summary>
internal static class DeterminismRules
{
    /// <summary>Types of which nothing may be used, and namespaces, which end in a dot.</summary>
    private static readonly string[] Types =
    [
        // Clocks.
        "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.TimeZoneInfo", "System.Threading.PeriodicTimer",
        "System.Threading.Timer", "System.Timers.Timer",

        "System.Random", "System.Security.Cryptography.RandomNumberGenerator",

        // Files, the network and what else surrounds the process.
        "System.IO.File", "System.IO.Directory", "System.IO.Path", "System.IO.FileInfo", "System.IO.DirectoryInfo",
        "System.IO.FileStream", "System.IO.DriveInfo", "System.IO.RandomAccess", "System.IO.FileSystemWatcher",
        "System.IO.MemoryMappedFiles.", "System.IO.Pipes.", "Microsoft.Win32.SafeHandles.SafeFileHandle", "System.Net.",
        "System.Console", "System.Environment", "System.AppContext", "System.Diagnostics.Process",

        // Threads.
        "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.ThreadLocal`1",
        "System.Threading.AsyncLocal`1", "System.Threading.Tasks.Parallel", "System.Threading.Tasks.TaskFactory",
        "System.ThreadStaticAttribute", "System.Linq.ParallelEnumerable",
    ];

    /// <summary>Members that may not be used. A number of parameters narrows a rule to one overload.</summary>
    private static readonly (string Member, int? Parameters)[] Members =
    [
        ("System.DateTime::get_Now", null), ("System.DateTime::get_UtcNow", null), ("System.DateTime::get_Today", null),
        ("System.DateTime::ToLocalTime", null), ("System.DateTimeOffset::get_Now", null),
        ("System.DateTimeOffset::get_UtcNow", null), ("System.DateTimeOffset::ToLocalTime", null),
        ("System.Guid::NewGuid", null), ("System.Guid::CreateVersion7", null),
        ("System.Threading.Tasks.Task::Run", null), ("System.Threading.Tasks.Task::Delay", null),
        ("System.Threading.Tasks.Task::get_Factory", null), ("System.Threading.Tasks.Task::Start", null),
        ("System.Globalization.CultureInfo::get_CurrentCulture", null),
        ("System.Globalization.CultureInfo::get_CurrentUICulture", null),
        ("System.Globalization.CultureInfo::GetCultureInfo", null),
        ("System.Globalization.NumberFormatInfo::get_CurrentInfo", null),
        ("System.Globalization.DateTimeFormatInfo::get_CurrentInfo", null),
        ("System.StringComparer::get_CurrentCulture", null), ("System.StringComparer::get_CurrentCultureIgnoreCase", null),

        // These ask the current culture silently.
        ("System.String::ToLower", 0), ("System.String::ToUpper", 0), ("System.String::CompareTo", 1),
        ("System.String::Compare", 2), ("System.Char::ToLower", 1), ("System.Char::ToUpper", 1),
        ("System.String::StartsWith(System.String)", 1), ("System.String::EndsWith(System.String)", 1),
        ("System.String::IndexOf(System.String)", 1), ("System.String::LastIndexOf(System.String)", 1),
    ];

    /// <summary>The functions of the operating system that may be called: the engine reserves and protects the memory of its guests,
    /// whose addresses no guest ever sees.</summary>
    internal static IReadOnlyList<string> NativeFunctions { get; } =
        ["libc!mmap", "libc!mprotect", "libc!munmap", "kernel32!VirtualAlloc", "kernel32!VirtualFree"];

    /// <summary>What is needed all the same. Each entry must be in use, or it is reported.</summary>
    internal static IReadOnlyList<DeterminismException> Exceptions { get; } = [];

    /// <summary>The uses that break a rule and are no exception.</summary>
    internal static IEnumerable<MemberUse> Violations(
        IEnumerable<MemberUse> uses, IReadOnlyList<DeterminismException> exceptions, ISet<DeterminismException> needed)
    {
        foreach (MemberUse use in uses.Where(IsBanned).Distinct())
        {
            DeterminismException? exception = exceptions.FirstOrDefault(rule => rule.Covers(use));
            if (exception is null) yield return use;
            else needed.Add(exception);
        }
    }

    // HashCode is seeded anew by every process, which is as it should be for a hash table and nowhere else.
    private static bool IsBanned(MemberUse use) =>
        (use.Type == "System.HashCode" && !use.User.EndsWith("::GetHashCode", StringComparison.Ordinal))
        || Types.Any(rule => rule.EndsWith('.') ? use.Type.StartsWith(rule, StringComparison.Ordinal) : use.Type == rule)
        || Members.Any(rule => (rule.Parameters is null || rule.Parameters == use.Parameters.Length)
            && (rule.Member == use.Used || rule.Member == $"{use.Used}({string.Join(',', use.Parameters)})"));
}

/// <summary>One use that the rules allow.</summary>
/// <param name="Type">The type that may, with all types within it.</param>
/// <param name="Used">What it may use.</param>
/// <param name="Reason">Why no result depends on it.</param>
internal sealed record DeterminismException(string Type, string Used, string Reason)
{
    internal bool Covers(MemberUse use) => (use.Used == Used || use.Type == Used)
        && use.User.StartsWith(Type + "::", StringComparison.Ordinal);
}
