using System.CommandLine;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Interstice.Cli.Commands;
using Interstice.Cli.Errors;
using Interstice.Cli.Hosting;
using Interstice.Kernel.Schema;
using Interstice.Kernel.Values;
using Interstice.Server.Hosting;

namespace Interstice.Cli.Remote;

/// <summary>Talks to a running host over its HTTP API (docs/http-api.md).</summary>
internal sealed class ServerClient : IDisposable
{
    private const string IdempotencyHeader = "Idempotency-Key";
    private const string CallerHeader = "Interstice-Caller";
    private const string Lines = "application/x-ndjson";
    private const string ProblemPrefix = "urn:interstice:problem:";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // More than the host itself waits for anything but the log.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(62);

    // Where a host that follows says that the owner of a module is.
    private const string OwnerHeader = "Interstice-Owner";

    private readonly HttpClient _client;
    private readonly Session _session;
    private readonly string? _key;
    private readonly bool _isInsecure;
    private readonly Action<SocketsHttpHandler>? _connecting;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    /// <param name="session">The session, which ends what is waited for.</param>
    /// <param name="address">Where the host is.</param>
    /// <param name="key">The API key; null for none.</param>
    /// <param name="isInsecure">Whether the key may travel in clear text.</param>
    /// <param name="connecting">Sets how connections are made, those to an owner too; null for the usual way.</param>
    internal ServerClient(Session session, Uri address, string? key, bool isInsecure, Action<SocketsHttpHandler>? connecting = null)
    {
        _session = session;
        _key = key;
        _isInsecure = isInsecure;
        _connecting = connecting;
        Address = address;
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false, UseCookies = false };
        connecting?.Invoke(handler);
        _client = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _client.DefaultRequestHeaders.TryAddWithoutValidation(CallerHeader, Uri.EscapeDataString(Environment.UserName));
    }

    /// <summary>Where the host is.</summary>
    public Uri Address { get; }

    /// <summary>Makes a client where the command line names a host with <c>--server</c>; else null.</summary>
    /// <exception cref="CliException">It names none, a store besides, or the key would be seen on its way.</exception>
    public static ServerClient? TryCreate(ParseResult parsed, Session session)
    {
        if (parsed.GetValue(GlobalOptions.ServerUrl) is not { } url) return null;
        if (session.StoreOption is not null) throw new CliException(ExitCode.Usage, "--server and --store exclude each other; give one of them");
        string? key = HostSecrets.ReadKey(parsed.GetValue(GlobalOptions.ApiKeyFile));
        (ListenAddress address, Uri uri) = Parse(url);
        bool isInsecure = parsed.GetValue(GlobalOptions.Insecure);
        if (WouldShow(key, address, isInsecure))
        {
            throw new CliException(
                ExitCode.Usage, $"the API key would travel to {url} for everybody to see; use https://, or say --insecure where the network is to be trusted");
        }

        return new ServerClient(session, uri, key, isInsecure);
    }

    /// <summary>Declarations of a module.</summary>
    public async Task<ModuleSchema> GetSchemaAsync(string module)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, $"v1/modules/{Uri.EscapeDataString(module)}/schema", null, Lines)
            .ConfigureAwait(false);
        return ModuleSchema.Parse(await response.Content.ReadAsByteArrayAsync(_session.Stopping).ConfigureAwait(false));
    }

    /// <summary>A JSON value.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, null).ConfigureAwait(false);
        return await ReadAsync(response).ConfigureAwait(false);
    }

    /// <summary>Posts a body and gives the answer, or the problem where its type is one of the outcomes. A host that does not own the module
    /// says who does: the owner is asked then, once.</summary>
    /// <param name="path">The path.</param>
    /// <param name="body">The body.</param>
    /// <param name="mediaType">Its type.</param>
    /// <param name="hasOutcome">Whether a problem that has an outcome is an answer.</param>
    /// <param name="key">An idempotency key; null for none.</param>
    public Task<JsonElement> PostAsync(string path, byte[] body, string mediaType, bool hasOutcome, string? key = null) =>
        PostAsync(path, body, mediaType, hasOutcome, key, followsOwner: true);

    private async Task<JsonElement> PostAsync(
        string path, byte[] body, string mediaType, bool hasOutcome, string? key, bool followsOwner)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using HttpResponseMessage response = await SendRawAsync(HttpMethod.Post, path, content, null, AnswerTimeout, key).ConfigureAwait(false);
        JsonElement answer = await ReadAsync(response).ConfigureAwait(false);
        if (followsOwner && OwnerOf(response) is { } owner)
        {
            using ServerClient client = new(_session, owner, _key, _isInsecure, _connecting);
            try
            {
                return await client.PostAsync(path, body, mediaType, hasOutcome, key, followsOwner: false).ConfigureAwait(false);
            }
            catch (CliException fault) when (fault is not ForeignAnswerException && fault.Code == ExitCode.Unopened)
            {
                // Nobody is there any more, or does not know the key: what the first host said holds, and nothing was changed.
            }
        }

        bool isAnswer = response.IsSuccessStatusCode || (hasOutcome && answer.TryGetProperty("outcome", out _));
        return isAnswer ? answer : throw Failure(response.StatusCode, answer);
    }

    /// <summary>An answer that comes over time, as a stream.</summary>
    public Task<HttpResponseMessage> GetStreamAsync(string path, string accept) => SendAsync(HttpMethod.Get, path, null, accept);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // What a host says of another is followed only where key and call are as safe as on the way to the first.
    private Uri? OwnerOf(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.ServiceUnavailable || !response.Headers.TryGetValues(OwnerHeader, out IEnumerable<string>? urls))
            return null;
        try
        {
            (ListenAddress address, Uri uri) = Parse(string.Concat(urls));
            return WouldShow(_key, address, _isInsecure) || !OwnerAddress.MayBeFollowed(Address, uri) ? null : uri;
        }
        catch (CliException)
        {
            return null;
        }
    }

    private static bool WouldShow(string? key, ListenAddress address, bool isInsecure) =>
        key is not null && address is { IsHttps: false, IsLoopback: false } && !isInsecure;

    // What a host listens on is not always what it is reached by: * and + are nobody's name.
    private static (ListenAddress Address, Uri Uri) Parse(string url)
    {
        ArgumentException? cause = null;
        try
        {
            ListenAddress address = ListenAddress.Parse(url);
            if (Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0) return (address, uri);
        }
        catch (ArgumentException fault)
        {
            cause = fault;
        }

        throw new CliException(
            ExitCode.Usage, $"--server takes the address of a running host, such as {HostAddresses.Default}, not \"{url}\"", cause);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, string? accept)
    {
        HttpResponseMessage response = await SendRawAsync(method, path, content, accept, AnswerTimeout).ConfigureAwait(false);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw Failure(response.StatusCode, await ReadAsync(response).ConfigureAwait(false));
    }

    private async Task<HttpResponseMessage> SendRawAsync(
        HttpMethod method, string path, HttpContent? content, string? accept, TimeSpan patience, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null) request.Headers.Add(IdempotencyHeader, Quote(key));
        if (accept is not null) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _session.Stopping)
                .WaitAsync(patience, _session.Stopping).ConfigureAwait(false);
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError is HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw Unreachable(fault);
        }
        catch (OperationCanceledException fault) when (fault.InnerException is TimeoutException && !_session.Stopping.IsCancellationRequested)
        {
            // Only making the connection is timed by the client itself, so nothing was sent.
            throw Unreachable(fault);
        }
    }

    // RFC 8941, 3.3.3.
    private static string Quote(string key) =>
        $"\"{key.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private CliException Unreachable(Exception fault) => new(
        ExitCode.Unopened,
        $"no host answers at {Address} ({(fault.InnerException ?? fault).Message.TrimEnd('.')}); start one with interstice run, or check --server",
        fault);

    private async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(_session.Stopping).ConfigureAwait(false);
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, ValueLimits.Json);
            return document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            throw new ForeignAnswerException(
                $"{Address} answered {(int)response.StatusCode} and no JSON, so it is no Interstice host; check --server", fault);
        }
    }

    private CliException Failure(HttpStatusCode status, JsonElement problem)
    {
        bool isProblem = problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("type", out JsonElement type)
            && type.GetString()?.StartsWith(ProblemPrefix, StringComparison.Ordinal) == true;
        if (!isProblem || !problem.TryGetProperty("detail", out JsonElement detail))
            return new ForeignAnswerException($"{Address} answered {(int)status}, which no Interstice host says so; check --server");
        ExitCode code = status switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.NotFound => ExitCode.Usage,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCode.Unopened,
            _ => problem.GetProperty("type").GetString() == ProblemPrefix + "store-damaged" ? ExitCode.Damaged : ExitCode.Failed,
        };
        return new CliException(code, detail.GetString() ?? "");
    }
}
