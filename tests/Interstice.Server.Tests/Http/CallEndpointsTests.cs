using System.Net;
using System.Text;
using System.Text.Json;
using Interstice.Host.Commands;
using Interstice.Kernel.Events;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Interstice.TestKit;
using Interstice.TestKit.EventStores;

namespace Interstice.Server.Tests.Http;

public sealed class CallEndpointsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_answered_with_what_it_gave_when_it_is_durable()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        JsonElement answer = (await host.CallAsync("open_account", "[\"ann\", 100]")).ShouldSucceed().Json;
        answer.GetProperty("outcome").GetString().ShouldBe("committed");
        answer.GetProperty("value").GetString().ShouldBe("1");
        answer.GetProperty("mutations").GetInt32().ShouldBe(2);
        answer.GetProperty("revision").GetInt64().ShouldBe(3);
        answer.GetProperty("position").GetInt64().ShouldBeGreaterThan(0);
        (await host.Store.GetLastRevisionAsync(StreamNames.Module("bank"))).Value.ShouldBe(3);
    }

    [Fact]
    public async Task Arguments_may_be_named()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (await host.CallAsync("open_account", """{ "initial": "7", "owner": "bob" }""")).ShouldSucceed();
        JsonElement row = (await host.GetAsync("/v1/modules/bank/tables/accounts/rows")).Json.GetProperty("rows")[0];
        row.GetProperty("owner").GetString().ShouldBe("bob");
        row.GetProperty("balance").GetString().ShouldBe("7");
    }

    [Fact]
    public async Task A_rejection_is_a_problem_with_the_reducers_text_and_changes_nothing()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        await host.CallAsync("open_account", "[\"ann\", 10]");
        await host.CallAsync("open_account", "[\"bob\", 0]");
        Revision before = await host.Store.GetLastRevisionAsync(StreamNames.Module("bank"));
        Answer answer = (await host.CallAsync("transfer", "[1, 2, 11]")).ShouldBeProblem(422, "rejected", "insufficient funds: account 1 holds 10");
        answer.Json.GetProperty("outcome").GetString().ShouldBe("rejected");
        answer.Json.GetProperty("value").ValueKind.ShouldBe(JsonValueKind.Null);
        (await host.Store.GetLastRevisionAsync(StreamNames.Module("bank"))).ShouldBe(before);
    }

    [Fact]
    public async Task What_does_not_exist_is_answered_with_the_nearest_name()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (await host.CallAsync("tranfer", "[]")).ShouldBeProblem(404, "unknown-member", "module bank has no reducer \"tranfer\"; did you mean \"transfer\"?");
        (await PostAsync(host, "/v1/modules/bnk/reducers/transfer", "[]"))
            .ShouldBeProblem(404, "unknown-module", "there is no module \"bnk\"; did you mean \"bank\"?");
        (await PostAsync(host, "/v1/modules/bank/queries/balanc", "[]")).ShouldBeProblem(404, "unknown-member", "did you mean \"balance\"?");
        (await PostAsync(host, "/v1/modul", "[]")).ShouldBeProblem(404, "unknown-route", "there is no POST /v1/modul");
        (await host.GetAsync("/v1/modules/bank/reducers/transfer")).ShouldBeProblem(404, "unknown-route");
    }

    [Theory]
    [InlineData("[1, 2", "bad-request", "the body is no JSON")]
    [InlineData("", "bad-request", "the body is no JSON")]
    [InlineData("[1, 2]", "bad-arguments", "expected 3 arguments (from: u64, to: u64, amount: i64), found 2")]
    [InlineData("[1, \"two\", 3]", "bad-arguments", "argument 2 \"to\"")]
    [InlineData("[1, -2, 3]", "bad-arguments", "argument 2 \"to\"")]
    [InlineData("{\"from\": 1, \"to\": 2}", "bad-arguments", "amount")]
    [InlineData("7", "bad-arguments", "bank.transfer")]
    public async Task Arguments_that_do_not_fit_are_refused_before_the_call(string body, string slug, string part)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (await host.CallAsync("transfer", body)).ShouldBeProblem(400, slug, part);
    }

    [Fact]
    public async Task A_body_of_another_type_is_refused_so_that_a_web_page_cannot_send_it_unasked()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        foreach (string type in (string[])["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
        {
            (await host.SendAsync(HttpMethod.Post, "/v1/modules/bank/reducers/open_account", new StringContent("[\"ann\",1]", Encoding.UTF8, type)))
                .ShouldBeProblem(415, "media-type", "expected a body of type application/json", type);
        }

        (await host.SendAsync(HttpMethod.Post, "/v1/modules/bank/reducers/open_account", null)).ShouldBeProblem(415, "media-type", "none");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_bound_is_refused_whether_or_not_its_length_is_announced(bool isAnnounced)
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { RequestBytesMax = 2048 });
        byte[] body = Encoding.UTF8.GetBytes($"[\"{new string('x', 4096)}\", 1]");
        using HttpContent content = isAnnounced ? new ByteArrayContent(body) : new StreamContent(new UnseekableStream(body));
        content.Headers.ContentType = new("application/json");
        (await host.SendAsync(HttpMethod.Post, "/v1/modules/bank/reducers/open_account", content)).ShouldBeProblem(413, "too-large");
        (await host.CallAsync("open_account", "[\"ann\", 1]")).ShouldSucceed();
    }

    [Fact]
    public async Task A_call_with_an_idempotency_key_takes_effect_once_and_its_answer_is_given_again()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        const string path = "/v1/modules/bank/reducers/open_account";
        using HttpResponseMessage first = await PostAsync(host, path, "[\"ann\", 1]", "\"a \\\"key\\\"\"");
        using HttpResponseMessage again = await PostAsync(host, path, "{\"owner\": \"ann\", \"initial\": \"1\"}", "a \"key\"");
        (first.StatusCode, again.StatusCode).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        first.Headers.Contains("Idempotent-Replayed").ShouldBeFalse();
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        (await again.Content.ReadAsStringAsync(Cancel)).ShouldBe(await first.Content.ReadAsStringAsync(Cancel));
        (await host.GetAsync("/v1/modules/bank/tables/accounts/rows")).Json.GetProperty("rows").GetArrayLength().ShouldBe(1);

        (await host.CallAsync("open_account", "[\"bob\", 1]", ("Idempotency-Key", "a \"key\"")))
            .ShouldBeProblem(422, "idempotency-key-reused", "take a new key");
        (await host.CallAsync("open_account", "[\"ann\", 1]", ("Idempotency-Key", "a \"key\""), ("Interstice-Caller", "other"))).ShouldSucceed();
    }

    [Theory]
    [InlineData("\"", "no quoted string")]
    [InlineData("\"a\" b", "no quoted string")]
    [InlineData("\"a\\x\"", "no quoted string")]
    [InlineData("\"\"", "1 to 255")]
    public async Task What_is_no_idempotency_key_is_refused_and_not_ignored(string key, string said)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (await host.CallAsync("open_account", "[\"ann\", 1]", ("Idempotency-Key", key))).ShouldBeProblem(400, "bad-request", said);
        (await host.CallAsync("open_account", "[\"ann\", 1]", ("Idempotency-Key", new string('k', 256)))).ShouldBeProblem(400, "bad-request", "256");
        (await host.GetAsync("/v1/modules/bank/tables/accounts/rows")).Json.GetProperty("rows").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_caller_in_the_log_is_the_one_that_the_header_names()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        await host.CallAsync("open_account", "[\"ann\", 1]", ("Interstice-Caller", "ann@example.com"));
        await host.CallAsync("open_account", "[\"bob\", 1]");
        string[] callers = [.. (await host.GetAsync("/v1/log?reducer=open_account")).Lines
            .Where(line => line.TryGetProperty("caller", out _)).Select(line => line.GetProperty("caller").GetString()!)];
        callers.ShouldBe([Identity.Of("http", "ann@example.com").ToString(), Identity.Of("http", "anonymous").ToString()]);
        (await host.CallAsync("open_account", "[\"ann\", 1]", ("Interstice-Caller", "a b"))).ShouldBeProblem(400, "bad-request", "Interstice-Caller");
        (await host.CallAsync("open_account", "[\"ann\", 1]", ("Interstice-Caller", new string('a', 257)))).ShouldBeProblem(400, "bad-request");
    }

    [Fact]
    public async Task A_transaction_that_the_store_did_not_take_may_be_called_again()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        host.Store.FailAppend(host.Store.AppendCount, FaultInjectingStore.Fault.RefusedBeforeWrite);
        Answer answer = (await host.CallAsync("open_account", "[\"ann\", 1]")).ShouldBeProblem(503, "retry");
        answer.Json.GetProperty("outcome").GetString().ShouldBe("retry");
        answer.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await host.CallAsync("open_account", "[\"ann\", 1]")).ShouldSucceed();
    }

    [Fact]
    public async Task What_became_of_an_append_whose_answer_was_lost_is_found_out_before_the_caller_is_told()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        host.Store.FailAppend(host.Store.AppendCount, FaultInjectingStore.Fault.UnknownWritten);
        (await host.CallAsync("open_account", "[\"ann\", 1]")).ShouldSucceed().Json.GetProperty("outcome").GetString().ShouldBe("committed");
        host.Store.FailAppend(host.Store.AppendCount, FaultInjectingStore.Fault.UnknownNotWritten);
        (await host.CallAsync("open_account", "[\"bob\", 1]")).ShouldBeProblem(503, "retry");
        (await host.GetAsync("/v1/modules/bank/tables/accounts/rows")).Json.GetProperty("rows").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public void An_outcome_that_stays_unknown_promises_nothing_about_calling_again()
    {
        ProblemKind kind = OutcomeProblems.Of(new CallOutcome.Unknown("lost")).ShouldNotBeNull().Kind;
        (kind.Slug, kind.Status, kind.RetryAfterSeconds).ShouldBe(("unknown-outcome", 504, null));
        ProblemKind trapped = OutcomeProblems.Of(new CallOutcome.Trapped(default, "unreachable")).ShouldNotBeNull().Kind;
        (trapped.Slug, trapped.Status, trapped.RetryAfterSeconds).ShouldBe(("trapped", 500, null));
    }

    [Fact]
    public async Task A_host_is_not_ready_while_a_module_is_stopped()
    {
        using var directory = new TemporaryDirectory();
        await using (RunningHost first = await RunningHost.StartAsync(directory: directory.Path))
            (await PublishAsync(first, "/v1/modules", RunningHost.Bank)).ShouldSucceed();
        await using RunningHost host = await RunningHost.StartAsync(directory: directory.Path, before: store =>
        {
            store.Hidden.Add(StreamNames.Code(CodeHash.Of(RunningHost.Bank)));
            return true;
        });
        (await host.CallAsync("open_account", "[\"ann\", 1]")).ShouldBeProblem(503, "module-unavailable");
        Answer ready = await host.GetAsync("/health/ready");
        ready.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        ready.Json.GetProperty("reason").GetString().ShouldBe("module-stopped");
        ready.Json.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        (await host.GetAsync("/health/live")).ShouldSucceed();
        (await host.GetAsync("/v1/status")).Json.GetProperty("modules")[0].GetProperty("stoppedBecause").GetString().ShouldNotBeNull();
    }

    [Fact]
    public async Task A_request_waits_for_its_call_only_so_long_and_then_calls_the_outcome_unknown()
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { CallTimeout = TimeSpan.FromMilliseconds(50) });
        host.Store.CloseGate();
        (await host.CallAsync("open_account", "[\"ann\", 1]")).ShouldBeProblem(504, "unknown-outcome", "may be committed yet");
        host.Store.OpenGate();
    }

    [Fact]
    public async Task Requests_over_the_bound_are_refused_at_once_and_the_place_is_given_back()
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { RequestsMax = 1 });
        host.Store.CloseGate();
        int before = host.Store.AppendCount;
        Task<Answer> first = host.CallAsync("open_account", "[\"ann\", 1]");

        // Only once the call holds the place may another request be made: else that one could take it.
        while (host.Store.AppendCount == before && !first.IsCompleted) await Task.Yield();
        (await host.GetAsync("/v1/status")).ShouldBeProblem(429, "too-many-requests").Headers.RetryAfter.ShouldNotBeNull();
        (await host.GetAsync("/health/live")).ShouldSucceed();
        host.Store.OpenGate();
        (await first).ShouldSucceed();
        (await host.GetAsync("/v1/status")).ShouldSucceed();
    }

    [Fact]
    public async Task A_query_is_answered_with_the_revision_that_it_rests_on()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        await host.CallAsync("open_account", "[\"ann\", 42]");
        JsonElement answer = (await PostAsync(host, "/v1/modules/bank/queries/balance", "[1]")).ShouldSucceed().Json;
        answer.GetProperty("outcome").GetString().ShouldBe("answered");
        answer.GetProperty("value").GetString().ShouldBe("42");
        answer.GetProperty("revision").GetInt64().ShouldBe(3);
        (await PostAsync(host, "/v1/modules/bank/queries/balance", "[9]")).ShouldBeProblem(422, "rejected");
    }

    [Fact]
    public async Task A_module_is_published_once_and_what_is_none_is_refused()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        Answer other = await PublishAsync(host, "/v1/modules?name=second", RunningHost.Bank);
        other.Status.ShouldBe(HttpStatusCode.Created, other.Body);
        other.Json.GetProperty("module").GetString().ShouldBe("second");
        Answer again = await PublishAsync(host, "/v1/modules?name=second", RunningHost.Bank);
        again.Status.ShouldBe(HttpStatusCode.OK);
        again.Json.GetProperty("changed").GetBoolean().ShouldBeFalse();
        (await PublishAsync(host, "/v1/modules", [0, 1, 2])).ShouldBeProblem(422, "module-refused").Json.GetProperty("kind").GetString().ShouldBe("Binary");
        (await PostAsync(host, "/v1/modules", "[]")).ShouldBeProblem(415, "media-type", "application/wasm");
        (await host.GetAsync("/v1/modules")).Json.EnumerateArray().Select(item => item.GetProperty("module").GetString()).ShouldBe(["bank", "second"]);
    }

    private static Task<Answer> PostAsync(RunningHost host, string path, string body) =>
        host.SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static Task<Answer> PublishAsync(RunningHost host, string path, byte[] binary)
    {
        var content = new ByteArrayContent(binary);
        content.Headers.ContentType = new("application/wasm");
        return host.SendAsync(HttpMethod.Post, path, content);
    }

    // Sent in chunks: nobody knows how long it is.
    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningHost host, string path, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key).ShouldBeTrue();
        return await host.Client.SendAsync(request, Cancel);
    }
}
