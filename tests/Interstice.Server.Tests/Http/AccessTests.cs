using System.Security.Claims;
using System.Text;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Microsoft.AspNetCore.Builder;

namespace Interstice.Server.Tests.Http;

public sealed class AccessTests
{
    private const string Key = "0123456789abcdef-a-key";

    // Address, encryption, name of the host, keys, insecure: what a caller gets who shows nothing, something wrong, a key, or whom the
    // application knows. + is let in; 401 no or another key; 403 the address is not secured; 421 the name is a stranger's.
    private const string Table = """
        loopback http  local  no-keys secure   | +   +   +   +
        loopback http  local  no-keys insecure | +   +   +   +
        loopback http  local  keys    secure   | 401 401 +   +
        loopback http  local  keys    insecure | 401 401 +   +
        loopback http  other  no-keys secure   | 421 421 421 +
        loopback http  other  no-keys insecure | 421 421 421 +
        loopback http  other  keys    secure   | 401 401 +   +
        loopback http  other  keys    insecure | 401 401 +   +
        loopback https local  no-keys secure   | +   +   +   +
        loopback https local  no-keys insecure | +   +   +   +
        loopback https local  keys    secure   | 401 401 +   +
        loopback https local  keys    insecure | 401 401 +   +
        loopback https other  no-keys secure   | 421 421 421 +
        loopback https other  no-keys insecure | 421 421 421 +
        loopback https other  keys    secure   | 401 401 +   +
        loopback https other  keys    insecure | 401 401 +   +
        outside  http  local  no-keys secure   | 403 403 403 +
        outside  http  local  no-keys insecure | +   +   +   +
        outside  http  local  keys    secure   | 403 403 403 +
        outside  http  local  keys    insecure | 401 401 +   +
        outside  http  other  no-keys secure   | 403 403 403 +
        outside  http  other  no-keys insecure | +   +   +   +
        outside  http  other  keys    secure   | 403 403 403 +
        outside  http  other  keys    insecure | 401 401 +   +
        outside  https local  no-keys secure   | 403 403 403 +
        outside  https local  no-keys insecure | +   +   +   +
        outside  https local  keys    secure   | 401 401 +   +
        outside  https local  keys    insecure | 401 401 +   +
        outside  https other  no-keys secure   | 403 403 403 +
        outside  https other  no-keys insecure | +   +   +   +
        outside  https other  keys    secure   | 401 401 +   +
        outside  https other  keys    insecure | 401 401 +   +
        """;

    [Fact]
    public void Callers_are_let_in_exactly_as_the_table_says()
    {
        HashSet<AccessFacts> seen = [];
        foreach (string line in Table.Split('\n', StringSplitOptions.TrimEntries))
        {
            string[] words = line.Split([' ', '|'], StringSplitOptions.RemoveEmptyEntries);
            for (int credential = 0; credential < 4; credential++)
            {
                var facts = new AccessFacts(
                    words[0] == "loopback", words[1] == "https", words[2] == "local", words[3] == "keys", words[4] == "insecure", (Credential)credential);
                seen.Add(facts).ShouldBeTrue(line);
                string found = AccessRules.Refusal(facts) switch
                {
                    null => "+",
                    { } refusal when refusal == ProblemKind.HostNotAllowed => "421",
                    { Status: var status } => $"{status}",
                };
                found.ShouldBe(words[5 + credential], $"{line}, {(Credential)credential}");
            }
        }

        seen.Count.ShouldBe(2 * 2 * 2 * 2 * 2 * 4);
    }

    // Every endpoint with every credential, over the wire: what is not health wants the key.
    [Theory]
    [InlineData("GET", "/health/live", true)]
    [InlineData("GET", "/health/ready", true)]
    [InlineData("GET", "/v1/status", false)]
    [InlineData("GET", "/v1/modules", false)]
    [InlineData("GET", "/v1/modules?history=true", false)]
    [InlineData("GET", "/v1/modules/bank/schema", false)]
    [InlineData("GET", "/v1/modules/bank/tables/accounts/rows", false)]
    [InlineData("GET", "/v1/log?limit=1", false)]
    [InlineData("GET", "/openapi/v1.json", false)]
    [InlineData("GET", "/v1/nothing", false)]
    [InlineData("GET", "/v1/connect", false)]
    [InlineData("GET", "/v1/modules/bank/parked", false)]
    [InlineData("POST", "/v1/modules/bank/parked/1/drop", false)]
    [InlineData("GET", "/v1/modules/bank/tables/accounts/aggregate", false)]
    [InlineData("POST", "/v1/modules/bank/reducers/open_account", false)]
    [InlineData("POST", "/v1/modules/bank/queries/balance", false)]
    [InlineData("POST", "/v1/modules", false)]
    public async Task Every_endpoint_but_health_wants_the_key(string method, string path, bool isPublic)
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { ApiKeys = ApiKeys.Parse(Key, "the test") });
        (string Name, string Value)[][] wrong =
        [
            [],
            [("Authorization", "Bearer ")],
            [("Authorization", $"Bearer {Key}x")],
            [("Authorization", $"Bearer {Key[..^1]}")],
            [("Authorization", $"Bearer {Key.ToUpperInvariant()}")],
            [("Authorization", $"Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes(Key))}")],
            [("Authorization", Key)],
            [("X-Api-Key", Key)],
        ];
        foreach ((string, string)[] headers in wrong)
        {
            Answer answer = await SendAsync(headers);
            if (isPublic) answer.ShouldSucceed();
            else answer.ShouldBeProblem(401, "unauthenticated").Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }

        Answer let = await SendAsync([("Authorization", $"Bearer {Key}")]);
        ((int)let.Status).ShouldNotBeOneOf(401, 403);
        (await SendAsync([("Authorization", $"bearer {Key}")])).Status.ShouldBe(let.Status);

        Task<Answer> SendAsync((string, string)[] headers) => host.SendAsync(
            new HttpMethod(method),
            path,
            method == "POST" ? new StringContent("[\"ann\", 1]", Encoding.UTF8, "application/json") : null,
            headers);
    }

    [Fact]
    public async Task A_page_of_the_web_that_was_led_to_this_machine_is_refused()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (await host.GetAsync("/v1/modules", ("Host", "evil.example"))).ShouldBeProblem(403, "host-not-allowed");
        (await host.GetAsync("/v1/modules", ("Host", "localhost:1234"))).ShouldSucceed();
    }

    [Fact]
    public async Task Readiness_gives_the_reason_to_everybody_and_details_to_those_who_are_let_in()
    {
        var hold = new TaskCompletionSource();
        await using RunningHost host = await RunningHost.StartAsync(
            new IntersticeOptions { ApiKeys = ApiKeys.Parse(Key, "the test") },
            store =>
            {
                store.OnRead = _ => hold.Task.Wait();
                return false;
            });
        while (host.State.Phase != HostPhase.Replaying) await Task.Yield();
        Answer stranger = await host.GetAsync("/health/ready");
        ((int)stranger.Status).ShouldBe(503);
        stranger.Json.GetProperty("reason").GetString().ShouldBe("replaying");
        stranger.Json.TryGetProperty("detail", out _).ShouldBeFalse();
        Answer known = await host.GetAsync("/health/ready", ("Authorization", $"Bearer {Key}"));
        known.Json.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        (await host.CallAsync("open_account", "[\"ann\", 1]", ("Authorization", $"Bearer {Key}")))
            .ShouldBeProblem(503, "not-ready").Json.GetProperty("reason").GetString().ShouldBe("replaying");
        (await host.GetAsync("/health/live")).ShouldSucceed();
        hold.SetResult();
        await host.State.Settled;
        (await host.GetAsync("/health/ready")).ShouldSucceed();
    }

    [Fact]
    public async Task A_user_whom_the_application_knows_needs_no_key_and_is_the_caller()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            new IntersticeOptions { ApiKeys = ApiKeys.Parse(Key, "the test") },
            surround: application => application.Use((context, next) =>
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity(
                    [new Claim("iss", "https://id.example"), new Claim("sub", "u-1"), new Claim(ClaimTypes.Role, IntersticeOptions.OperatorRole)], "test"));
                return next(context);
            }));
        (await host.CallAsync("open_account", "[\"ann\", 1]")).ShouldSucceed();
        (await host.GetAsync("/v1/log?op=insert&limit=1")).Lines[0].GetProperty("caller").GetString()
            .ShouldBe(Kernel.Events.Identity.Of("https://id.example", "u-1").ToString());
        (await host.CallAsync("open_account", "[\"ann\", 1]", ("Interstice-Caller", "somebody"))).ShouldBeProblem(400, "bad-request", "leave it out");
    }
}
