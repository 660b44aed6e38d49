using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Interstice.Cli.Tests.Support;

/// <summary>Takes what is sent by OTLP over HTTP, and reads it by the numbers of opentelemetry/proto (collector, trace and metrics
/// v1).</summary>
public sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _lock = new();
    private readonly List<(string Path, WireMessage Message)> _received = [];
    private readonly Task _receiving;

    public OtlpReceiver()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _receiving = ReceiveAsync();
    }

    public string Address { get; }

    /// <summary>Paths that something was sent to.</summary>
    public string[] Paths => [.. Received.Select(sent => sent.Path).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Attributes of what sends, such as service.name.</summary>
    public Dictionary<string, string> Resource => Attributes(Received[0].Message.Messages(1, 1).First(), 1);

    /// <summary>Spans of a source: their names and attributes.</summary>
    public IReadOnlyList<(string Name, Dictionary<string, string> Attributes, bool IsError)> Spans(string source) =>
    [
        .. Received.Where(sent => sent.Path == "/v1/traces")
            .SelectMany(sent => sent.Message.Messages(1, 2))
            .Where(scope => scope.Messages(1).Single().Text(1) == source)
            .SelectMany(scope => scope.Messages(2))
            .Select(span => (span.Text(5), Attributes(span, 9), span.Messages(15).Any(status => status.Number(3) == 2))),
    ];

    /// <summary>Points of a metric as it was sent last: their attributes and values; of a histogram, its counts.</summary>
    public IReadOnlyList<(Dictionary<string, string> Attributes, double Value)> Points(string metric)
    {
        WireMessage? last = Received.Where(sent => sent.Path == "/v1/metrics")
            .SelectMany(sent => sent.Message.Messages(1, 2, 2))
            .LastOrDefault(known => known.Text(1) == metric);
        if (last is null) return [];
        return
        [
            .. last.Messages(5, 1).Concat(last.Messages(7, 1))
                .Select(point => (Attributes(point, 7), point.Has(4) ? point.Real(4) : point.Number(6))),
            .. last.Messages(9, 1).Select(point => (Attributes(point, 9), (double)point.Number(4))),
        ];
    }

    public void Dispose()
    {
        _listener.Close();
        _receiving.GetAwaiter().GetResult();
    }

    private List<(string Path, WireMessage Message)> Received
    {
        get
        {
            lock (_lock) return [.. _received];
        }
    }

    private static Dictionary<string, string> Attributes(WireMessage message, int field) =>
        message.Messages(field).ToDictionary(pair => pair.Text(1), pair => ValueOf(pair.Messages(2).Single()));

    private static string ValueOf(WireMessage value) =>
        value.Has(1) ? value.Text(1) : value.Number(3).ToString(CultureInfo.InvariantCulture);

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                lock (_lock) _received.Add((context.Request.Url!.AbsolutePath, new WireMessage(body.ToArray())));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }
}
