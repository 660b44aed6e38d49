using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Interstice.Cli.Tests.Support;

/// <summary><c>interstice run</c> in a process of its own, ready for calls.</summary>
public sealed partial class RunningHost : IDisposable
{
    private readonly RunningProgram _program;

    private RunningHost(RunningProgram program, Uri address, string? esdbEndpoint)
    {
        _program = program;
        Client = new HttpClient { BaseAddress = address };
        EsdbEndpoint = esdbEndpoint;
    }

    public HttpClient Client { get; }

    /// <summary>Address and port of its protocol endpoint; null without one.</summary>
    public string? EsdbEndpoint { get; }

    public string Url => Client.BaseAddress!.ToString();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts it on a free port and waits until it takes calls.</summary>
    public static Task<RunningHost> StartAsync(string directory, params IEnumerable<string> arguments) => StartWithAsync(directory, [], arguments);

    /// <summary>Starts it with variables in its environment.</summary>
    public static async Task<RunningHost> StartWithAsync(
        string directory, (string Name, string Value)[] variables, params IEnumerable<string> arguments)
    {
        string[] urls = arguments.Contains("--urls") ? [] : ["--urls", "http://127.0.0.1:0"];
        RunningProgram program = RunningProgram.Start(directory, ["run", .. urls, "-o", "ndjson", .. arguments], variables);
        try
        {
            JsonElement listening = await NextAsync(program);
            listening.GetProperty("state").GetString().ShouldBe("listening");
            (await NextAsync(program)).GetProperty("state").GetString().ShouldBe("ready");
            return new RunningHost(program, new Uri(listening.GetProperty("urls")[0].GetString()!), listening.GetProperty("esdbEndpoint").GetString());
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>Posts JSON; gives the answer whatever its status.</summary>
    public async Task<JsonElement> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancel);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement.Clone();
    }

    /// <summary>Calls a reducer of the bank, which commits.</summary>
    public async Task<JsonElement> CallAsync(string reducer, string arguments)
    {
        JsonElement answer = await PostAsync($"v1/modules/bank/reducers/{reducer}", arguments);
        answer.GetProperty("outcome").GetString().ShouldBe("committed", answer.ToString());
        return answer;
    }

    public async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await Client.GetStringAsync(new Uri(path, UriKind.Relative), Cancel)).RootElement.Clone();

    /// <summary>Asks it to end, as a service manager does, and waits.</summary>
    public async Task<(int Code, string Errors)> TerminateAsync()
    {
        const int sigterm = 15;
        Signal(_program.Id, sigterm).ShouldBe(0);
        return await _program.WaitForErrorsAsync();
    }

    /// <summary>Kills it (SIGKILL).</summary>
    public void Kill() => _program.Kill().ShouldBeTrue();

    public void Dispose()
    {
        Client.Dispose();
        _program.Dispose();
    }

    private static async Task<JsonElement> NextAsync(RunningProgram program)
    {
        if (await program.Output.ReadLineAsync(Cancel) is { } line) return JsonDocument.Parse(line).RootElement.Clone();
        (int code, string errors) = await program.WaitForErrorsAsync();
        throw new InvalidOperationException($"the host ended with code {code}: {errors}");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
