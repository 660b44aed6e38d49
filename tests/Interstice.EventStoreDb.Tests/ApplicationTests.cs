using System.Text;
using System.Text.Json;
using Interstice.Host.Modules;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Interstice.EventStoreDb.Tests;

/// <summary>Modules on EventStoreDB in a web application of somebody's own, as docs/eventstoredb.md shows it.</summary>
public sealed class ApplicationTests : IAsyncLifetime
{
    private EndpointServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await EndpointServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_application_serves_modules_of_the_server_that_its_configuration_names_and_the_next_one_goes_on()
    {
        for (int count = 1; count <= 2; count++)
        {
            await using WebApplication application = await StartAsync();
            HostState state = application.Services.GetRequiredService<HostState>();
            await state.Settled.WaitAsync(Cancel);
            state.Failure.ShouldBeNull();
            application.Services.GetRequiredService<IEventStore>().ShouldBeOfType<EventStoreDbStore>();
            using var client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
            using var arguments = new StringContent("[\"ann\", 100]", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync(new Uri("v1/modules/bank/reducers/open_account", UriKind.Relative), arguments, Cancel);
            string text = await answer.Content.ReadAsStringAsync(Cancel);
            using var outcome = JsonDocument.Parse(text);
            outcome.RootElement.GetProperty("value").GetString().ShouldBe($"{count}", text);
            await application.StopAsync(Cancel);
        }

        (await _server.Journal.GetLastRevisionAsync(StreamNames.Module("bank"), Cancel)).Value.ShouldBeGreaterThan(3);
    }

    private async Task<WebApplication> StartAsync()
    {
        byte[] bank = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "modules", "bank.wasm"), Cancel);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Interstice:EventStoreDb:ConnectionString"] = _server.ConnectionString,
            ["Interstice:EventStoreDb:AppendTimeoutMs"] = "20000",
            ["Interstice:Server:StoreWaitSeconds"] = "5",
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging();
        builder.Services.AddEventStoreDb(builder.Configuration);
        builder.Services.AddSingleton<IModuleEngine, ManagedModuleEngine>();
        builder.Services.AddInterstice(builder.Configuration, new IntersticeOptions
        {
            Modules = [new StartupModule("bank.wasm", bank, Identity.Of("tests", "publisher"))],
        });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        application.UseRouting();
        application.MapInterstice();
        await application.StartAsync(Cancel);
        return application;
    }
}
