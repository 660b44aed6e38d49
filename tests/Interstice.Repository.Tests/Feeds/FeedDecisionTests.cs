namespace Interstice.Repository.Tests.Feeds;

// Goal: the build uses a package where the feed serves it, does without where it does not, and never takes a broken feed
// for one that does not serve. Method: feeds in folders, asked by the same project that the solution asks.
public sealed class FeedDecisionTests : IDisposable
{
    private const string Solution = """
        Microsoft Visual Studio Solution File, Format Version 12.00
        Project("{FAE04EC0-301F-11D3-BF4B-00C04F79EFBC}") = "Room", "Room.csproj", "{11111111-1111-1111-1111-111111111111}"
        EndProject
        Global
          GlobalSection(SolutionConfigurationPlatforms) = preSolution
            Debug|Any CPU = Debug|Any CPU
          EndGlobalSection
          GlobalSection(ProjectConfigurationPlatforms) = postSolution
            {11111111-1111-1111-1111-111111111111}.Debug|Any CPU.ActiveCfg = Debug|Any CPU
            {11111111-1111-1111-1111-111111111111}.Debug|Any CPU.Build.0 = Debug|Any CPU
          EndGlobalSection
        EndGlobal

        """;

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <Import Project="artifacts/feed.props" Condition="Exists('artifacts/feed.props')" />
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
          <ItemGroup Condition="'$(Wasmtime)' == 'package'">
            <PackageReference Include="Wasmtime" />
          </ItemGroup>
        </Project>
        """;

    private readonly FeedDecision _decision = new();

    public void Dispose() => _decision.Dispose();

    [Fact]
    public void A_package_is_used_exactly_where_the_feed_serves_it()
    {
        Serve("Wasmtime", "Wasmtime");
        (int code, string output) = _decision.Decide();
        code.ShouldBe(0, output);
        output.ShouldContain("feed: EventStoreClient=builtin, Wasmtime=package, Testcontainers=none");
        _decision.Decided("Wasmtime").ShouldBe("package");
        _decision.Decided("EventStoreClient").ShouldBe("builtin");
        _decision.Decided("Testcontainers").ShouldBe("none");
    }

    [Fact]
    public void A_package_whose_dependency_is_not_served_is_not_used()
    {
        Serve("Testcontainers", "Testcontainers", dependency: "Interstice.Tests.Nowhere");
        (int code, string output) = _decision.Decide("-p:Wasmtime=none", "-p:EventStoreClient=builtin");
        code.ShouldBe(0, output);
        _decision.Decided("Testcontainers").ShouldBe("none");
    }

    [Fact]
    public void A_package_that_is_served_in_another_version_only_is_not_used()
    {
        _decision.Feed.Serve("Wasmtime", "999.0.0");
        (int code, string output) = _decision.Decide("-p:Testcontainers=none", "-p:EventStoreClient=builtin");
        code.ShouldBe(0, output);
        _decision.Decided("Wasmtime").ShouldBe("none");
    }

    [Fact]
    public void A_feed_that_cannot_be_asked_stops_the_build_and_decides_nothing()
    {
        (int code, string output) = _decision.DecideFrom(Path.Combine(_decision.Folder, "no-such-feed"));
        code.ShouldNotBe(0);
        output.ShouldContain("It cannot be said whether the package feed serves EventStore.Client.Grpc.Streams");
        output.ShouldContain("-p:EventStoreClient=builtin");
        output.ShouldContain("NU1301");
        File.Exists(_decision.PropsPath).ShouldBeFalse();
    }

    [Fact]
    public void A_decision_stands_until_the_feed_is_to_be_asked_again()
    {
        _decision.Decide().Code.ShouldBe(0);
        Serve("Wasmtime", "Wasmtime");
        (int code, string output) = _decision.DecideFrom(Path.Combine(_decision.Folder, "no-such-feed"));
        code.ShouldBe(0, output);
        output.ShouldContain("Wasmtime=none");
        output.ShouldContain("decided before");

        _decision.Decide("-p:DecideFeedAgain=true").Code.ShouldBe(0);
        _decision.Decided("Wasmtime").ShouldBe("package");
    }

    [Fact]
    public void A_decision_about_another_version_does_not_stand()
    {
        _decision.Decide().Code.ShouldBe(0);
        string version = FeedDecision.VersionOf("Wasmtime");
        File.WriteAllText(_decision.PropsPath, File.ReadAllText(_decision.PropsPath)
            .Replace($"Wasmtime/{version}", "Wasmtime/0.0.1", StringComparison.Ordinal));
        (int code, string output) = _decision.Decide();
        code.ShouldBe(0, output);
        output.ShouldContain($"(asked for Wasmtime {version})");
    }

    [Fact]
    public void What_is_chosen_by_hand_is_neither_asked_for_nor_kept()
    {
        (int code, string output) = _decision.DecideFrom(
            Path.Combine(_decision.Folder, "no-such-feed"),
            "-p:Wasmtime=none",
            "-p:Testcontainers=package",
            "-p:EventStoreClient=builtin");
        code.ShouldBe(0, output);
        output.ShouldContain("Testcontainers=package by hand");
        File.Exists(_decision.PropsPath).ShouldBeFalse();
    }

    [Fact]
    public void A_choice_by_hand_that_does_not_exist_is_refused()
    {
        (int code, string output) = _decision.Decide("-p:Wasmtime=yes");
        code.ShouldNotBe(0);
        output.ShouldContain("Wasmtime is set to \"yes\"; it takes package or none");
    }

    [Theory]
    [InlineData("build")]
    [InlineData("restore")]
    [InlineData("test")]
    public void A_solution_is_restored_with_the_decision_that_was_made_just_before(string verb)
    {
        string house = Directory.CreateDirectory(Path.Combine(_decision.Folder, "house")).FullName;
        string[] files = ["Directory.Solution.targets", "Directory.Packages.props", "infra/feeds/Feeds.proj", "infra/feeds/Probe.proj"];
        foreach (string file in files)
        {
            string copy = Path.Combine(house, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(RepositoryFiles.FullPath(file), copy);
        }

        string solution = Path.Combine(house, "House.sln");
        File.WriteAllText(solution, Solution);
        File.WriteAllText(Path.Combine(house, "Room.csproj"), Project);
        Serve("Wasmtime", "Wasmtime");
        (int code, string output) = _decision.Run([verb, solution, .. _decision.Isolated(_decision.Feed.Path)]);
        code.ShouldBe(0, output);
        output.ShouldContain("Wasmtime=package");
        File.Exists(Path.Combine(house, "artifacts", "feed.props")).ShouldBeTrue();
        File.ReadAllText(Path.Combine(house, "obj", "project.assets.json"))
            .ShouldContain($"Wasmtime/{FeedDecision.VersionOf("Wasmtime")}");
    }

    private void Serve(string property, string package, string? dependency = null) =>
        _decision.Feed.Serve(package, FeedDecision.VersionOf(property), dependency);
}
