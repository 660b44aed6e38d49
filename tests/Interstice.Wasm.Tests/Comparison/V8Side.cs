using System.Diagnostics;
using System.Text.Json;

namespace Interstice.Wasm.Tests.Comparison;

/// <summary>Runs the program <c>v8.js</c> in node.</summary>
internal sealed class V8Side(string node)
{
    private static string Script => Path.Combine(AppContext.BaseDirectory, "v8.js");

    /// <summary>Makes the calls of modules.</summary>
    /// <returns>One line for each observation.</returns>
    public string[] Run(IReadOnlyList<ComparedModule> modules) => InFolder(folder =>
    {
        string plan = Path.Combine(folder, "plan.json");
        string output = Path.Combine(folder, "lines.txt");
        File.WriteAllText(plan, JsonSerializer.Serialize(modules.Select(module => module.ToPlan())));
        Start(plan, output);
        return File.ReadAllLines(output);
    });

    /// <summary>Whether V8 takes binaries for modules.</summary>
    public bool[] Validate(IReadOnlyList<byte[]> binaries) => InFolder(folder =>
    {
        string input = Path.Combine(folder, "binaries");
        string output = Path.Combine(folder, "valid");
        using (FileStream file = File.Create(input))
        {
            foreach (byte[] binary in binaries)
            {
                file.Write(BitConverter.GetBytes(binary.Length));
                file.Write(binary);
            }
        }

        Start("--validate", input, output);
        return File.ReadAllText(output).Select(valid => valid == '1').ToArray();
    });

    private static T InFolder<T>(Func<string, T> use)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("interstice-v8-");
        try
        {
            return use(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private void Start(params string[] arguments)
    {
        using Process run = Process.Start(
            new ProcessStartInfo(node, ["--single-threaded", Script, .. arguments]) { RedirectStandardError = true })!;
        string errors = run.StandardError.ReadToEnd();
        run.WaitForExit();
        if (run.ExitCode != 0) throw new InvalidOperationException($"node ended with {run.ExitCode}: {errors}");
    }
}
