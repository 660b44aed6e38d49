using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Interstice.Benchmarks.Engine;

/// <summary>A node process that runs modules in V8 when it is told to, so that rounds of both engines can take turns.</summary>
internal sealed class V8Process : IDisposable
{
    // Only the optimising compiler: without its baseline tier V8 optimises every function before it first runs.
    private static readonly string[] Arguments =
        ["--no-liftoff", "--no-wasm-lazy-compilation", Path.Combine(AppContext.BaseDirectory, "kernels", "v8.mjs")];

    private readonly Process _node;

    private V8Process(Process node) => _node = node;

    /// <summary>Starts node.</summary>
    /// <returns>The process, or null when there is no node on this machine.</returns>
    public static V8Process? TryStart()
    {
        var start = new ProcessStartInfo("node", Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            return new V8Process(Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>The version of node and of V8, for the report.</summary>
    public static string Version()
    {
        using Process node = Process.Start(new ProcessStartInfo(
            "node",
            ["-p", "`node ${process.version}, V8 ${process.versions.v8}`"])
        { RedirectStandardOutput = true })!;
        string version = node.StandardOutput.ReadToEnd().Trim();
        node.WaitForExit();
        return version;
    }

    /// <summary>Compiles and instantiates a module under a name.</summary>
    public void Load(string name, string path) =>
        Ask(new JsonObject { ["operation"] = "load", ["name"] = name, ["path"] = path });

    /// <summary>Runs a loaded module for a time.</summary>
    public Run Run(string name, int argument, double seconds)
    {
        JsonNode answer = Ask(new JsonObject
        {
            ["operation"] = "run",
            ["name"] = name,
            ["argument"] = argument,
            ["seconds"] = seconds,
        });
        double[] times = [.. answer["times"]!.AsArray().Select(time => (double)time!)];
        return new Run(times, ulong.Parse((string)answer["result"]!, CultureInfo.InvariantCulture));
    }

    /// <summary>Times calls between JavaScript and a loaded module.</summary>
    public BorderTimes Border(string name, int calls, int batches)
    {
        JsonNode answer = Ask(new JsonObject
        {
            ["operation"] = "border",
            ["name"] = name,
            ["calls"] = calls,
            ["batches"] = batches,
        });
        return new BorderTimes((double)answer["inNs"]!, (double)answer["outNs"]!);
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
    }

    private JsonNode Ask(JsonObject request)
    {
        _node.StandardInput.WriteLine(request.ToJsonString());
        _node.StandardInput.Flush();
        string line = _node.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"node ended while it was asked {request.ToJsonString()}");
        JsonNode answer = JsonNode.Parse(line)!;
        if (answer["error"] is { } error) throw new InvalidOperationException($"node: {error}");
        return answer;
    }
}
