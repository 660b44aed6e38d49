using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Interstice.Host.Modules;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Interstice.Server.Tests.Http;

/// <summary>A host with the bank over a journal, behind a real server on loopback.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly TemporaryDirectory? _directory;
    private readonly WebApplication _application;
    private readonly JournalStore? _journal;

    private RunningHost(TemporaryDirectory? directory, JournalStore? journal, FaultInjectingStore store, WebApplication application)
    {
        _directory = directory;
        _journal = journal;
        Store = store;
        _application = application;
        Client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
    }

    public static byte[] Bank { get; } = File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "bank.wasm"));

    public HttpClient Client { get; }

    /// <summary>Between host and journal: holds back, and lets fail.</summary>
    public FaultInjectingStore Store { get; }

    public HostState State => _application.Services.GetRequiredService<HostState>();

    public ModuleHost Modules => _application.Services.GetRequiredService<ModuleHost>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts one; it takes calls when this has ended.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="before">Called with the store before the host begins; the host need not be ready then when this returns false.</param>
    /// <param name="surround">Comes before the routes.</param>
    /// <param name="directory">The journal of an earlier host, whose modules are served; null for a new one with the bank.</param>
    /// <param name="http2">Whether HTTP/2 without TLS is spoken, and nothing else: <see cref="Client"/> does not.</param>
    /// <param name="beside">A host whose store is used, through a connection of its own; null for a store of its own.</param>
    /// <param name="certificate">With which TLS is spoken, and nothing else; <see cref="Client"/> trusts no such host.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    public static async Task<RunningHost> StartAsync(
        IntersticeOptions? options = null,
        Func<FaultInjectingStore, bool>? before = null,
        Action<WebApplication>? surround = null,
        string? directory = null,
        RunningHost? beside = null,
        bool http2 = false,
        X509Certificate2? certificate = null,
        TimeProvider? time = null)
    {
        TemporaryDirectory? own = directory is null && beside is null ? new TemporaryDirectory() : null;
        JournalStore? journal = beside is null
            ? await JournalStore.OpenAsync(new JournalOptions { Directory = directory ?? own!.Path }, cancellationToken: Cancel)
            : null;
        var store = new FaultInjectingStore(journal ?? beside!._journal!);
        bool isAwaited = before?.Invoke(store) ?? true;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IEventStore>(store);
        builder.Services.AddSingleton<IModuleEngine>(new ManagedModuleEngine());
        options ??= new IntersticeOptions();
        builder.Services.AddInterstice(own is null ? options : options with
        {
            Modules = [new StartupModule("bank.wasm", Bank, Identity.Of("test", "publisher"))],
        });
        if (time is not null) builder.Services.AddSingleton(time);
        builder.WebHost.UseKestrelCore();
        if (certificate is null) builder.WebHost.UseUrls("http://127.0.0.1:0");
        else builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        if (http2) builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication application = builder.Build();
        surround?.Invoke(application);
        application.UseRouting();
        application.MapInterstice();
        await application.StartAsync(Cancel);
        var host = new RunningHost(own, journal, store, application);
        if (isAwaited)
        {
            await host.State.Settled.WaitAsync(Cancel);
            host.State.Failure.ShouldBeNull();
        }

        return host;
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> CallAsync(string reducer, string arguments, params (string Name, string Value)[] headers) => SendAsync(
        HttpMethod.Post, $"/v1/modules/bank/reducers/{reducer}", new StringContent(arguments, Encoding.UTF8, "application/json"), headers);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach ((string name, string value) in headers) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        using HttpResponseMessage response = await Client.SendAsync(request, Cancel);
        return new Answer(response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(Cancel));
    }

    /// <summary>Tells the application to end; returns when it has.</summary>
    public Task StopAsync() => _application.StopAsync(Cancel);

    public async ValueTask DisposeAsync()
    {
        Store.OpenGate();
        Client.Dispose();
        await _application.DisposeAsync();
        if (_journal is not null) await _journal.DisposeAsync();
        _directory?.Dispose();
    }
}

/// <summary>What the server said.</summary>
internal sealed record Answer(HttpStatusCode Status, System.Net.Http.Headers.HttpResponseHeaders Headers, string? MediaType, string Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement.Clone();

    public JsonElement[] Lines =>
        [.. Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.Clone())];

    /// <summary>The answer is a success.</summary>
    public Answer ShouldSucceed()
    {
        ((int)Status).ShouldBeInRange(200, 299, Body);
        return this;
    }

    /// <summary>The answer is a problem.</summary>
    public Answer ShouldBeProblem(int status, string slug, params string[] parts)
    {
        ((int)Status).ShouldBe(status, Body);
        MediaType.ShouldBe("application/problem+json");
        Json.GetProperty("type").GetString().ShouldBe($"urn:interstice:problem:{slug}");
        Json.GetProperty("status").GetInt32().ShouldBe(status);
        Json.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        foreach (string part in parts) Json.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(part, Case.Sensitive);
        return this;
    }
}
