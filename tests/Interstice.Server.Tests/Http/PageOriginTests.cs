using System.Text.Json;
using System.Text.RegularExpressions;
using Interstice.Server.Hosting;
using Interstice.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Interstice.Server.Tests.Http;

/// <summary>What pages of other origins may not do, whatever else lets the browser in.</summary>
public sealed partial class PageOriginTests
{
    private const string Evil = "https://evil.example";

    [Fact]
    public async Task A_page_of_another_origin_changes_nothing_whatever_the_route()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        string[] paths = await PostPathsAsync(host);
        paths.ShouldContain("/v1/modules/bank/parked/1/drop");
        paths.ShouldContain("/v1/modules/bank/rollback");
        foreach (string path in paths)
        {
            (await host.SendAsync(HttpMethod.Post, path, null, ("Origin", Evil))).ShouldBeProblem(403, "origin-not-allowed", Evil, "SocketOrigins");
            (await host.SendAsync(HttpMethod.Post, path, null, ("Origin", "null"))).ShouldBeProblem(403, "origin-not-allowed", "null");
            ((int)(await host.SendAsync(HttpMethod.Post, path, null)).Status).ShouldNotBe(403, path);
            ((int)(await host.SendAsync(HttpMethod.Post, path, null, ("Origin", host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)))).Status)
                .ShouldNotBe(403, path);
        }

        (await host.GetAsync("/v1/modules", ("Origin", Evil))).ShouldSucceed();
    }

    [Fact]
    public async Task A_page_that_was_named_may_do_what_others_may()
    {
        await using RunningHost host = await RunningHost.StartAsync(new IntersticeOptions { SocketOrigins = ["https://shop.example"] });
        (await host.CallAsync("open_account", "[\"ann\",7]", ("Origin", "https://shop.example"))).ShouldSucceed();
        (await host.CallAsync("open_account", "[\"ann\",7]", ("Origin", Evil))).ShouldBeProblem(403, "origin-not-allowed");
    }

    [Theory]
    [InlineData("https://shop.example", true, true)]
    [InlineData("http://shop.example", true, false)]
    [InlineData("http://shop.example", false, true)]
    [InlineData("https://shop.example", false, true)]
    [InlineData("https://shop.example:444", true, false)]
    [InlineData("ftp://shop.example", false, false)]
    [InlineData("https://shop.example, https://evil.example", true, false)]
    public void A_page_without_TLS_is_not_of_a_host_that_has_it(string origin, bool hasTls, bool isOwn)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = hasTls ? "https" : "http";
        context.Request.Host = new HostString("shop.example");
        context.Request.Headers.Origin = origin;
        if (isOwn) PageOrigin.Expect(context.Request, []);
        else Should.Throw<ProblemException>(() => PageOrigin.Expect(context.Request, [])).Problem.Kind.ShouldBe(ProblemKind.OriginNotAllowed);
    }

    // As the description lists them, so that a new route is among them.
    private static async Task<string[]> PostPathsAsync(RunningHost host) =>
    [
        .. (await host.GetAsync("/openapi/v1.json")).ShouldSucceed().Json.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("post", out JsonElement _))
            .Select(path => Parameter().Replace(path.Name, match => match.Value == "{module}" ? "bank" : "1")),
    ];

    [GeneratedRegex("\\{[a-z]+\\}")]
    private static partial Regex Parameter();
}
