using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EventStore.Client;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Interstice.EventStoreDb.Protocol.Tests.Client;

// Goal: with TLS, which is the default, nothing is said to a server that cannot prove who it is.
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly X509Certificate2 _certificate = SelfSigned("localhost");
    private WebApplication _server = null!;
    private int _calls;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => new Uri(_server.Urls.Single()).Port;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _server = builder.Build();
        _server.Run(async context =>
        {
            Interlocked.Increment(ref _calls);
            context.Response.ContentType = GrpcFrames.ContentType;
            GrpcFrames.Write(new DeleteResp { NoPosition = new Empty() }, context.Response.BodyWriter);
            await context.Response.BodyWriter.FlushAsync();
            context.Response.AppendTrailer(GrpcStatus.CodeHeader, "0");
        });
        await _server.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_server_whose_certificate_nobody_vouches_for_is_not_called()
    {
        await RefusedAsync("localhost", "");
        using X509Certificate2 other = SelfSigned("localhost");
        await RefusedAsync("localhost", $"?tlsCaFile={Save(other)}");
    }

    [Fact]
    public async Task A_server_is_called_whose_authority_is_named_and_whose_name_is_right()
    {
        string file = Save(_certificate);
        await CalledAsync("localhost", $"?tlsCaFile={file}");
        await RefusedAsync("127.0.0.1", $"?tlsCaFile={file}");
    }

    [Fact]
    public async Task A_server_is_called_unseen_where_that_was_asked_for() => await CalledAsync("127.0.0.1", "?tlsVerifyCert=false");

    private async Task CalledAsync(string host, string options)
    {
        await using var client = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{host}:{Port}{options}"));
        await client.DeleteAsync("s", StreamState.Any, cancellationToken: Cancel);
        _calls.ShouldBeGreaterThan(0);
    }

    private async Task RefusedAsync(string host, string options)
    {
        int before = _calls;
        await using var client = new EventStoreClient(EventStoreClientSettings.Create($"esdb://{host}:{Port}{options}"));
        GrpcException failure = await Should.ThrowAsync<GrpcException>(client.DeleteAsync("s", StreamState.Any, cancellationToken: Cancel));
        failure.Code.ShouldBe(GrpcStatusCode.Unavailable);
        _calls.ShouldBe(before);
    }

    private string Save(X509Certificate2 certificate)
    {
        string path = Path.Combine(_directory.Path, $"{Guid.NewGuid():N}.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        return path;
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
