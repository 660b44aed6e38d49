using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Interstice.Host.Ownership;
using Interstice.Kernel.Events;
using Interstice.Server.Http;

namespace Interstice.Server.Tests.Http;

/// <summary>What callers are told of a module that another host owns.</summary>
public sealed class OwnerEndpointsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_that_follows_refuses_calls_with_the_owner_and_is_ready_for_queries()
    {
        await using RunningHost follower = await RunningHost.StartAsync();
        (await follower.CallAsync("open_account", "[\"ann\", 1]")).ShouldSucceed();
        await using RunningHost owner = await RunningHost.StartAsync(beside: follower);
        (await owner.CallAsync("open_account", "[\"bob\", 2]")).ShouldSucceed();

        // It finds out by the append that the store refuses.
        Answer lost = await follower.CallAsync("open_account", "[\"cid\", 3]");
        Answer refused = await follower.CallAsync("open_account", "[\"cid\", 3]");
        foreach (Answer answer in (Answer[])[lost, refused])
        {
            answer.ShouldBeProblem(503, "not-owner").Headers.RetryAfter.ShouldNotBeNull();
            answer.Json.GetProperty("outcome").GetString().ShouldBe("retry");
            answer.Headers.Contains("Interstice-Owner").ShouldBeFalse();
        }

        refused.Json.GetProperty("owner").GetProperty("host").GetGuid().ShouldNotBe(Guid.Empty);
        refused.Json.GetProperty("owner").GetProperty("url").ValueKind.ShouldBe(JsonValueKind.Null);

        Answer ready = await follower.GetAsync("/health/ready");
        ready.ShouldSucceed().Json.GetProperty("roles").GetProperty("bank").GetString().ShouldBe("following");
        (await owner.GetAsync("/health/ready")).ShouldSucceed().Json.GetProperty("roles").GetProperty("bank").GetString().ShouldBe("owner");
        (await owner.CallAsync("open_account", "[\"dan\", 4]")).ShouldSucceed();
        JsonElement followed = await ModuleAsync(follower);
        while (followed.GetProperty("lag").GetInt64() > 0) followed = await ModuleAsync(follower);
        JsonElement owned = await ModuleAsync(owner);
        followed.GetProperty("role").GetString().ShouldBe("following");
        owned.GetProperty("role").GetString().ShouldBe("owner");
        owned.GetProperty("lag").GetInt64().ShouldBe(0);
        owned.GetProperty("owner").ValueKind.ShouldBe(JsonValueKind.Null);
        followed.GetProperty("revision").GetInt64().ShouldBe(owned.GetProperty("revision").GetInt64());
        (await RowsAsync(follower)).ShouldBe(await RowsAsync(owner));
        (await follower.GetAsync("/v1/status")).Json.GetProperty("modules")[0].GetProperty("owner").GetProperty("host").GetGuid()
            .ShouldBe(refused.Json.GetProperty("owner").GetProperty("host").GetGuid());
    }

    [Fact]
    public async Task The_store_is_asked_for_all_modules_at_once_and_given_up_once()
    {
        await using RunningHost follower = await RunningHost.StartAsync();
        await PublishAsync(follower, "second");
        await using RunningHost owner = await RunningHost.StartAsync(beside: follower);
        foreach (string module in (string[])["bank", "second"])
        {
            (await OpenAccountAsync(owner, module)).ShouldSucceed();
            (await OpenAccountAsync(follower, module)).ShouldBeProblem(503, "not-owner");
        }

        // Nothing is answered before both are asked.
        ConcurrentDictionary<StreamName, bool> asked = [];
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        follower.Store.BeforeLastRevision = (stream, token) =>
        {
            asked[stream] = true;
            if (asked.Count == 2) all.TrySetResult();
            return all.Task.WaitAsync(token);
        };
        JsonElement[] modules = [.. (await follower.GetAsync("/v1/modules")).ShouldSucceed().Json.EnumerateArray()];
        modules.Length.ShouldBe(2);
        foreach (JsonElement module in modules) module.GetProperty("lag").ValueKind.ShouldBe(JsonValueKind.Number, module.ToString());

        // Nothing is answered at all; the store hears that nobody waits any longer.
        int givenUp = 0;
        follower.Store.BeforeLastRevision = async (_, token) =>
        {
            using CancellationTokenRegistration counted = token.Register(() => Interlocked.Increment(ref givenUp));
            await Task.Delay(Timeout.Infinite, token);
        };
        foreach (JsonElement module in (await follower.GetAsync("/v1/modules")).ShouldSucceed().Json.EnumerateArray())
            module.GetProperty("lag").ValueKind.ShouldBe(JsonValueKind.Null, module.ToString());
        Volatile.Read(ref givenUp).ShouldBe(2);
    }

    [Theory]
    [InlineData("http://10.1.2.3:5080", "http://10.1.2.3:5080/")]
    [InlineData("https://host.example/", "https://host.example/")]
    [InlineData("http://bücher.example:5080", "http://xn--bcher-kva.example:5080/")]
    [InlineData("http://[2001:db8::1]:5080", "http://[2001:db8::1]:5080/")]
    [InlineData("", null)]
    [InlineData("host.example:5080", null)]
    [InlineData("ftp://host.example", null)]
    [InlineData("http://user:password@host.example", null)]
    [InlineData("http://host.example\r\nSet-Cookie: x", null)]
    public void An_owner_is_named_by_an_address_of_a_host_or_not_at_all(string url, string? named) =>
        OwnerDocument.UrlOf(new ModuleOwner(Guid.NewGuid(), 1, "a", url)).ShouldBe(named);

    private static async Task PublishAsync(RunningHost host, string name)
    {
        using var binary = new ByteArrayContent(RunningHost.Bank) { Headers = { ContentType = new("application/wasm") } };
        (await host.SendAsync(HttpMethod.Post, $"/v1/modules?name={name}", binary)).ShouldSucceed();
    }

    private static async Task<Answer> OpenAccountAsync(RunningHost host, string module)
    {
        using var arguments = new StringContent("[\"ann\", 1]", Encoding.UTF8, "application/json");
        return await host.SendAsync(HttpMethod.Post, $"/v1/modules/{module}/reducers/open_account", arguments);
    }

    private static async Task<JsonElement> ModuleAsync(RunningHost host)
    {
        Cancel.ThrowIfCancellationRequested();
        return (await host.GetAsync("/v1/modules")).ShouldSucceed().Json[0];
    }

    private static async Task<string> RowsAsync(RunningHost host) =>
        (await host.GetAsync("/v1/modules/bank/tables/accounts/rows")).ShouldSucceed().Body;
}
