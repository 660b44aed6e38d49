using System.Net;
using System.Text;
using System.Threading.Channels;
using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Notifications;
using Interstice.Journal;
using Interstice.Kernel.Events;
using Interstice.ManagedEngine;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Interstice.TestKit;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Interstice.Server.Tests.Http;

/// <summary>The application of docs/extending.md, run.</summary>
public sealed class ExtendingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_application_adds_a_behaviour_a_policy_and_a_handler_of_its_own()
    {
        using var directory = new TemporaryDirectory();
        await using JournalStore journal = await JournalStore.OpenAsync(new JournalOptions { Directory = directory.Path }, cancellationToken: Cancel);
        Channel<string> news = Channel.CreateUnbounded<string>();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IEventStore>(journal);
        builder.Services.AddSingleton<IModuleEngine>(new ManagedModuleEngine());
        builder.Services.AddSingleton(news.Writer);
        builder.Services.AddInterstice(new IntersticeOptions
        {
            Modules = [new StartupModule("bank.wasm", RunningHost.Bank, Identity.Of("test", "publisher"))],
        });

        // docs/extending.md
        builder.Services.AddSingleton<IPipelineBehavior<CallReducer, CallOutcome>, Maintenance>();
        builder.Services.AddSingleton<ICallPolicy, OnlyTellers>();
        builder.Services.AddSingleton<INotificationHandler<RowInserted>, NewAccounts>();

        await using WebApplication application = builder.Build();
        application.UseRouting();
        application.MapInterstice();
        await application.StartAsync(Cancel);
        using var client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
        await UntilReadyAsync(client);

        (await CallAsync(client, "open_account", "[\"ann\", 1]", "teller-1")).ShouldBe(HttpStatusCode.OK);
        (await CallAsync(client, "open_account", "[\"bob\", 1]", "guest")).ShouldBe(HttpStatusCode.Forbidden);
        (await CallAsync(client, "transfer", "[1, 2, 1]", "teller-1")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await news.Reader.ReadAsync(Cancel)).ShouldBe("ann has an account");
        await application.StopAsync(Cancel);
    }

    private static async Task UntilReadyAsync(HttpClient client)
    {
        while (true)
        {
            using HttpResponseMessage ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancel);
            if (ready.IsSuccessStatusCode) return;
            await Task.Yield();
        }
    }

    private static async Task<HttpStatusCode> CallAsync(HttpClient client, string reducer, string arguments, string caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/modules/bank/reducers/{reducer}")
        {
            Content = new StringContent(arguments, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Interstice-Caller", caller);
        using HttpResponseMessage response = await client.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private sealed class Maintenance : IPipelineBehavior<CallReducer, CallOutcome>
    {
        public Task<CallOutcome> Handle(
            CallReducer request, CancellationToken cancellationToken, RequestHandlerDelegate<CallOutcome> next) =>
            request.Reducer == "transfer"
                ? Task.FromResult<CallOutcome>(new CallOutcome.Refused(CallRefusal.Unavailable, "no transfers today; come back tomorrow"))
                : next();
    }

    private sealed class OnlyTellers : ICallPolicy
    {
        private static readonly Identity Teller = Identity.Of("http", "teller-1");

        public ValueTask<string?> JudgeAsync(
            Identity caller, string module, string function, bool isQuery, CancellationToken cancellationToken) =>
            ValueTask.FromResult(isQuery || caller == Teller ? null : $"only tellers call {module}.{function}");
    }

    private sealed class NewAccounts(ChannelWriter<string> news) : INotificationHandler<RowInserted>
    {
        public async Task Handle(RowInserted notification, CancellationToken cancellationToken)
        {
            if (notification.Row.Table.Name == "accounts")
                await news.WriteAsync($"{notification.Row.Get<string>("owner")} has an account", cancellationToken);
        }
    }
}
