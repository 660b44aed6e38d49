using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Shop;

/// <summary>Clients that place and confirm orders at a host that comes and goes.</summary>
internal sealed class ShopLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _acknowledged = new(0);
    private readonly Task[] _clients;
    private readonly ConcurrentQueue<ulong> _open = new();
    private volatile RunningHost _host;

    public ShopLoad(RunningHost host, int clients, int seed)
    {
        _host = host;
        _clients = [.. Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(new Random(seed + client))))];
    }

    /// <summary>Orders that were acknowledged as placed by a call that returns their number.</summary>
    public ConcurrentBag<ulong> Placed { get; } = [];

    /// <summary>Orders that were acknowledged as confirmed.</summary>
    public ConcurrentBag<ulong> Confirmed { get; } = [];

    /// <summary>Calls that placed an order and do not tell which.</summary>
    public ConcurrentBag<ulong> PlacedUnnamed { get; } = [];

    /// <summary>Calls that may have placed an order.</summary>
    public ConcurrentBag<string> Untold { get; } = [];

    /// <summary>Calls that were rejected.</summary>
    public ConcurrentBag<string> Rejected { get; } = [];

    /// <summary>The host that calls go to from now on.</summary>
    public void GoTo(RunningHost host) => _host = host;

    /// <summary>Waits until some more calls were acknowledged.</summary>
    public async Task WaitForAsync(int more, string what)
    {
        while (_acknowledged.Wait(TimeSpan.Zero))
        {
            // What was acknowledged before.
        }

        Task<Task> ended = Task.WhenAny(_clients);
        for (int i = 0; i < more; i++)
        {
            Task<bool> next = _acknowledged.WaitAsync(Patience);
            if (await Task.WhenAny(next, ended) == ended) await await ended;
            if (!await next) throw new TimeoutException($"{what}: call {i + 1} of {more} was not acknowledged in {Patience}");
        }
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _acknowledged.Dispose();
    }

    private async Task RunAsync(Random random)
    {
        while (!_stopping.IsCancellationRequested)
        {
            ulong buyer = (ulong)random.Next(2, 2 + ShopScene.Buyers);
            ulong item = (ulong)random.Next(1, 1 + ShopScene.Items);
            long price = random.Next(1, 200);
            int count = random.Next(1, 9);
            int hold = random.Next(20_000, 400_000);
            switch (random.Next(4))
            {
                case 0 when _open.TryDequeue(out ulong order):
                    if (await CallAsync("confirm", $"[\"{order}\"]") is not null) Confirmed.Add(order);
                    break;
                case 1:
                    ulong other = (item % ShopScene.Items) + 1;
                    string either = $"[\"{buyer}\",\"{item}\",\"{other}\",{count},\"{price}\",\"{hold}\"]";
                    if (await CallAsync("place_either", either, mayPlace: true) is { } chosen) PlacedUnnamed.Add(chosen);
                    break;
                default:
                    if (await CallAsync("place", $"[\"{buyer}\",\"{item}\",{count},\"{price}\",\"{hold}\"]", mayPlace: true) is not { } placed) break;
                    Placed.Add(placed);
                    _open.Enqueue(placed);
                    break;
            }
        }
    }

    // The value that a committed call returned, 0 for none; null for a call that was not committed, as far as is known.
    private async Task<ulong?> CallAsync(string reducer, string arguments, bool mayPlace = false)
    {
        JsonElement answer;
        try
        {
            using var content = new StringContent(arguments, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using HttpResponseMessage response = await _host.Client.PostAsync(
                new Uri($"v1/modules/shop/reducers/{reducer}", UriKind.Relative), content, CancellationToken.None);
            answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(CancellationToken.None)).RootElement.Clone();
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.ConnectionError)
        {
            // Nobody listened: nothing was sent.
            await Task.Delay(RetryPause);
            return null;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException or OperationCanceledException or ObjectDisposedException)
        {
            if (mayPlace) Untold.Add(fault.Message);
            await Task.Delay(RetryPause);
            return null;
        }

        string? outcome = answer.TryGetProperty("outcome", out JsonElement named) ? named.GetString() : null;
        switch (outcome)
        {
            case "committed":
                _acknowledged.Release();
                return answer.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.String
                    ? ulong.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
                    : 0;
            case "rejected":
                Rejected.Add(answer.ToString());
                return null;
            case "unknown":
                if (mayPlace) Untold.Add(answer.ToString());
                return null;
            default:
                await Task.Delay(RetryPause);
                return null;
        }
    }
}
