using System.Globalization;

namespace Interstice.TestKit;

/// <summary>What a test needs beyond the SDK. A test that does not find it is skipped with a reason that begins with
/// <c>needs NAME: </c>; <c>tests/skips.txt</c> says how many tests need each NAME, and <c>.ci/run</c> compares.</summary>
public static class Requirement
{
    /// <summary>The converted specification suite, at the path in INTERSTICE_WASM_SPEC.</summary>
    /// <returns>Its path.</returns>
    public static string SpecificationSuite()
    {
        string? path = Environment.GetEnvironmentVariable("INTERSTICE_WASM_SPEC");
        Expect(
            path is not null && (File.Exists(path) || Directory.Exists(path)),
            "wasm-spec",
            "set INTERSTICE_WASM_SPEC to a converted specification suite (zip or folder)");
        return path!;
    }

    /// <summary>A command on the PATH.</summary>
    /// <param name="name">Its name, which is also the name of the requirement.</param>
    /// <returns>Its full path.</returns>
    public static string Command(string name)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        Expect(found is not null, name, $"install {name} and put it on the PATH");
        return found!;
    }

    /// <summary>The connection string in INTERSTICE_ESDB, of a server of EventStoreDB's protocol; null where it names none. Tests write
    /// streams of names that nobody else has, and leave them there.</summary>
    public static string? EventStoreDbAddress =>
        Environment.GetEnvironmentVariable("INTERSTICE_ESDB") is { Length: > 0 } connectionString ? connectionString : null;

    /// <summary>A Unix system, for signals, permissions and devices.</summary>
    public static void Unix() => Expect(!OperatingSystem.IsWindows(), "unix", "this is Windows");

    /// <summary>Processes that are started can be interrupted by SIGINT: whoever started the tests in the background may have had
    /// it ignored, which every process below inherits.</summary>
    public static void Interrupts()
    {
        const string status = "/proc/self/status";
        const string ignored = "SigIgn:";
        const int sigint = 1 << (2 - 1);
        if (!File.Exists(status)) return;
        string? mask = File.ReadLines(status).FirstOrDefault(line => line.StartsWith(ignored, StringComparison.Ordinal));
        ulong signals = mask is null ? 0 : ulong.Parse(mask.AsSpan(ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Expect((signals & sigint) == 0, "interrupts", "run the tests where SIGINT is not ignored, such as in the foreground");
    }

    /// <summary>A user whom file permissions bind.</summary>
    public static void NotRoot()
    {
        Unix();
        Expect(Environment.UserName != "root", "not-root", "root may write anywhere; run as another user");
    }

    /// <summary>Skips the test unless something is there.</summary>
    /// <param name="isThere">Whether it is.</param>
    /// <param name="name">Name of the requirement, as in tests/skips.txt.</param>
    /// <param name="remedy">What to do to have the test run.</param>
    public static void Expect(bool isThere, string name, string remedy) =>
        Assert.SkipUnless(isThere, $"needs {name}: {remedy}");
}
