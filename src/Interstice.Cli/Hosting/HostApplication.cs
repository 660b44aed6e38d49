using System.Security.Cryptography.X509Certificates;
using Interstice.Cli.Stores;
using Interstice.Host.Modules;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Interstice.Cli.Hosting;

/// <summary>Puts the application of <c>run</c> together: store, engine, modules' host, HTTP.</summary>
internal static class HostApplication
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Builds it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="store">The store; the caller closes it after the application.</param>
    /// <param name="options">Settings.</param>
    /// <param name="addresses">Where it listens.</param>
    /// <param name="kestrel">The web server's own section.</param>
    /// <param name="certificate">For addresses with TLS; null where the section names one.</param>
    /// <param name="log">Adds where logs go.</param>
    public static WebApplication Build(
        Session session,
        OpenStore store,
        IntersticeOptions options,
        HostAddresses addresses,
        IConfigurationSection kestrel,
        X509Certificate2? certificate,
        Action<ILoggingBuilder> log)
    {
        // Paths of the web server's section begin where those of the other settings do.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = Directory.GetCurrentDirectory() });
        builder.Services.AddRoutingCore();
        log(builder.Logging);
        builder.Services.AddStore(session, store, isReader: false);
        builder.Services.AddSingleton<IModuleEngine>(session.Engine ?? throw new InvalidOperationException("the command chose no engine"));
        builder.Services.AddInterstice(options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.WebHost.UseKestrel(server =>
        {
            server.Configure(addresses.AreEndpoints ? kestrel : kestrel.WithoutEndpoints());
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = (long)options.RequestBytesMax + 1;
            if (certificate is not null) server.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);

            // Who follows the log may be as slow as it likes: it holds no more than one batch.
            server.Limits.MinResponseDataRate = null;
        });
        builder.WebHost.UseUrls([.. addresses.Urls]);
        WebApplication application = builder.Build();
        application.UseRouting();
        application.MapInterstice();
        return application;
    }
}
