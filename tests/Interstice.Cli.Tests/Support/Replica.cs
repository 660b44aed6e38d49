using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Interstice.Cli.Tests.Support;

/// <summary>One of several <c>interstice run</c> over one store: keeps its address and its folder while its process comes and goes.</summary>
public sealed class Replica : IDisposable
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(3);

    private readonly string _directory;
    private readonly string[] _arguments;
    private readonly HttpClient _client;
    private readonly List<string> _errors = [];
    private RunningProgram? _program;

    /// <summary>Makes one that is not started.</summary>
    /// <param name="store">A folder for it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="connectionString">The store.</param>
    /// <param name="arguments">More of its command line.</param>
    public Replica(TestStore store, string name, string connectionString, params IEnumerable<string> arguments)
    {
        Name = name;
        _directory = Path.Join(store.Directory, name);
        Directory.CreateDirectory(_directory);

        // An address of this machine that nobody else listens on, so that it can be kept.
        byte[] random = Guid.NewGuid().ToByteArray();
        Url = $"http://127.{1 + (random[0] % 250)}.{random[1]}.{1 + (random[2] % 250)}:5080/";
        _arguments =
        [
            "run", "--store", connectionString, "--urls", Url, "--advertised-url", Url, "--host-name", name, "--state", "state",
            "--store-wait-seconds", "60", "--log-format", "json", "-o", "ndjson", .. arguments,
        ];
        _client = new HttpClient { BaseAddress = new Uri(Url), Timeout = AnswerMax };

        // So that a connection that fails has carried nothing.
        _client.DefaultRequestHeaders.ConnectionClose = true;
    }

    public string Name { get; }

    public string Url { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RunningProgram Program => _program ?? throw new InvalidOperationException($"host {Name} does not run");

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        _program = RunningProgram.Start(_directory, _arguments);
        foreach (string state in (string[])["listening", "ready"])
        {
            if (await _program.Output.ReadLineAsync(Cancel) is not { } line)
                throw new InvalidOperationException($"host {Name} ended: {(await _program.WaitForErrorsAsync()).Errors}");
            JsonDocument.Parse(line).RootElement.GetProperty("state").GetString().ShouldBe(state);
        }
    }

    public void Pause() => Program.Pause();

    public void Resume() => Program.Resume();

    /// <summary>Kills it (SIGKILL).</summary>
    public async Task KillAsync()
    {
        Program.Kill().ShouldBeTrue($"host {Name} had ended before");
        await EndAsync();
    }

    /// <summary>Asks it to end, and waits.</summary>
    public async Task TerminateAsync()
    {
        Program.Terminate();
        (await EndAsync()).ShouldBe(0, Log);
    }

    /// <summary>What it logged in all of its lives that are over.</summary>
    public string Log => string.Join('\n', _errors);

    /// <summary>The state hash that its last life began with, as it logged it.</summary>
    public string LastReplayHash => _errors[^1].Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("State"))
        .Single(state => state.TryGetProperty("StateHash", out _))
        .GetProperty("StateHash").GetString()!;

    /// <summary>Opens an account of the bank.</summary>
    public async Task<ReplicaAnswer> OpenAccountAsync(string owner)
    {
        using var content = new StringContent($"[\"{owner}\", 1]", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        try
        {
            using HttpResponseMessage response = await _client.PostAsync(new Uri("v1/modules/bank/reducers/open_account", UriKind.Relative), content, Cancel);
            JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement;
            return response.StatusCode switch
            {
                HttpStatusCode.OK => new ReplicaAnswer.Committed(answer.GetProperty("revision").GetInt64()),

                // What is answered so was not committed (docs/http-api.md).
                HttpStatusCode.ServiceUnavailable => new ReplicaAnswer.NotCommitted(),
                HttpStatusCode.GatewayTimeout => new ReplicaAnswer.Unknown(),
                _ => throw new InvalidOperationException($"host {Name} answered {response.StatusCode}: {answer}"),
            };
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return new ReplicaAnswer.NotCommitted();
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !Cancel.IsCancellationRequested))
        {
            return new ReplicaAnswer.Unknown();
        }
    }

    /// <summary>What it says of the bank.</summary>
    public async Task<JsonElement> ModuleAsync() => (await GetAsync("v1/modules"))[0];

    /// <summary>Owners of all accounts that its tables hold, with the revision that they show.</summary>
    public async Task<(long Revision, string[] Owners)> OwnersAsync()
    {
        JsonElement answer = await GetAsync(string.Create(CultureInfo.InvariantCulture, $"v1/modules/bank/tables/accounts/rows?limit={100_000}"));
        answer.GetProperty("more").GetBoolean().ShouldBeFalse();
        return (answer.GetProperty("revision").GetInt64(), [.. answer.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("owner").GetString()!)]);
    }

    public async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await _client.GetStringAsync(new Uri(path, UriKind.Relative), Cancel)).RootElement.Clone();

    public void Dispose()
    {
        _client.Dispose();
        _program?.Dispose();
    }

    private async Task<int> EndAsync()
    {
        (int code, string errors) = await Program.WaitForErrorsAsync();
        _errors.Add(errors);
        Program.Dispose();
        _program = null;
        return code;
    }
}

/// <summary>How a call ended, as its caller sees it.</summary>
public abstract record ReplicaAnswer
{
    /// <summary>It is in the log.</summary>
    public sealed record Committed(long Revision) : ReplicaAnswer;

    /// <summary>It is not in the log, and may be made again.</summary>
    public sealed record NotCommitted : ReplicaAnswer;

    /// <summary>It may be in the log.</summary>
    public sealed record Unknown : ReplicaAnswer;
}
