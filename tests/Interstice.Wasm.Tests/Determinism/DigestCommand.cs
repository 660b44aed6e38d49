using Interstice.Wasm.Tests.Hunting;

namespace Interstice.Wasm.Tests.Determinism;

/// <summary>The command <c>digest</c>: runs the workload and prints how many observations there were and their digest;
/// <c>--lines FILE</c> writes them down, <c>--seed N</c> takes other generated modules.</summary>
internal static class DigestCommand
{
    public static int Run(string[] arguments)
    {
        var options = new HuntOptions(arguments);
        List<string> lines = Workload.Run((int)options.Number("seed", 1));
        if (options.Text("lines", "") is { Length: > 0 } path) File.WriteAllLines(path, lines);
        Console.WriteLine($"{lines.Count} {Workload.Digest(lines)}");
        return 0;
    }
}
