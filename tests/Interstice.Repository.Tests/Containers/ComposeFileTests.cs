using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Interstice.Repository.Tests.Containers;

/// <summary>No image can be pulled everywhere: what can be held without is that everything the files name is there.</summary>
public sealed partial class ComposeFileTests
{
    // Made by infra/certificates/make.sh, and kept out of the repository.
    private const string Certificates = "infra/cluster/certificates";

    public static TheoryData<string> Files => ["docker-compose.yml", "infra/cluster/docker-compose.yml"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_path_and_volume_that_a_file_names_exists(string path)
    {
        YamlMappingNode file = Read(path);
        string[] volumes = [.. Mapping(file, "volumes").Children.Keys.Select(key => key.ToString())];
        foreach ((string name, YamlMappingNode service) in Services(file))
        {
            if (service.Children.TryGetValue("build", out YamlNode? build))
            {
                string context = Resolve(path, build["context"].ToString());
                RepositoryFiles.Exists(Join(context, build["dockerfile"].ToString())).ShouldBeTrue($"{path}: {name}");
            }

            foreach (string mount in Strings(service, "volumes"))
            {
                string source = mount.Split(':')[0];
                bool isThere = source.StartsWith('.')
                    ? Resolve(path, source) == Certificates || RepositoryFiles.Exists(Resolve(path, source))
                    : volumes.Contains(source);
                isThere.ShouldBeTrue($"{path}: {name} mounts {source}");
            }

            foreach (string other in Strings(service, "depends_on")) Services(file).Select(known => known.Name).ShouldContain(other);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Ports_are_bound_to_this_machine_and_the_host_has_no_more_rights_than_it_needs(string path)
    {
        YamlMappingNode file = Read(path);
        foreach ((string name, YamlMappingNode service) in Services(file))
            foreach (string port in Strings(service, "ports")) port.ShouldStartWith("127.0.0.1:", Case.Sensitive, $"{path}: {name}");
        YamlMappingNode host = Services(file).Single(service => service.Name == "host").Service;
        host["read_only"].ToString().ShouldBe("true");
        Strings(host, "cap_drop").ShouldBe(["ALL"]);
        Strings(host, "security_opt").ShouldBe(["no-new-privileges:true"]);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_host_is_started_with_options_and_variables_that_the_program_knows(string path)
    {
        YamlMappingNode host = Services(Read(path)).Single(service => service.Name == "host").Service;
        string[] words = [.. Strings(host, "command")];
        string sources = Sources();
        sources.ShouldContain($"new Command(\"{words[0]}\"");
        foreach (string option in words.Where(word => word.StartsWith("--", StringComparison.Ordinal))) sources.ShouldContain($"\"{option}\"");
        foreach (string variable in Mapping(host, "environment").Children.Keys.Select(key => key.ToString()).Where(IsOurs))
            IsKnown(sources, variable).ShouldBeTrue($"{path}: {variable}");
    }

    // A port of this machine alone is still reached by every program on it, and by web pages that are led there.
    [Theory]
    [MemberData(nameof(Files))]
    public void The_host_wants_an_API_key_that_no_file_of_the_repository_holds(string path)
    {
        YamlMappingNode host = Services(Read(path)).Single(service => service.Name == "host").Service;
        Mapping(host, "environment")["INTERSTICE_API_KEY"].ToString().ShouldStartWith("${INTERSTICE_API_KEY:?");
        foreach (string left in (string[])[".gitignore", ".dockerignore"]) RepositoryFiles.Read(left).Split('\n').ShouldContain(".env");
    }

    [Fact]
    public void The_image_copies_what_is_there_runs_without_rights_and_asks_the_program_for_its_health()
    {
        string file = RepositoryFiles.Read("infra/Dockerfile");
        string sources = Sources();
        foreach (Match match in RepositoryPath().Matches(file)) RepositoryFiles.Exists(match.Value).ShouldBeTrue(match.Value);
        foreach (Match match in Invocation().Matches(file)) sources.ShouldContain($"new Command(\"{match.Groups[1].Value}\"");
        Invocation().Count(file).ShouldBe(1);
        RepositoryFiles.Read("src/Interstice.Cli/Interstice.Cli.csproj").ShouldContain("<AssemblyName>interstice</AssemblyName>");
        file.IndexOf("USER $APP_UID", StringComparison.Ordinal).ShouldBeInRange(1, file.IndexOf("ENTRYPOINT", StringComparison.Ordinal));
        file.Split('\n').Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void Tests_start_the_server_that_the_compose_file_starts()
    {
        string image = Services(Read("docker-compose.yml")).Single(service => service.Name == "eventstoredb").Service["image"].ToString();
        RepositoryFiles.Read("tests/Interstice.Container.Tests/EventStoreDbContainer.cs").ShouldContain($"Image = \"{image}\"");
    }

    private static string Sources() => string.Join(
        '\n', RepositoryFiles.WithEnding(".cs").Where(path => path.StartsWith("src/", StringComparison.Ordinal)).Select(RepositoryFiles.Read));

    private static bool IsOurs(string variable) => variable.StartsWith("INTERSTICE_", StringComparison.Ordinal);

    // Variables of settings are made of the names of their options.
    private static bool IsKnown(string sources, string variable) =>
        sources.Contains($"\"{variable}\"", StringComparison.Ordinal)
        || (variable.StartsWith("INTERSTICE_SERVER_", StringComparison.Ordinal) && sources.Contains(
            $"\"--{variable["INTERSTICE_SERVER_".Length..].ToLowerInvariant().Replace('_', '-')}\"", StringComparison.Ordinal));

    private static YamlMappingNode Read(string path)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(RepositoryFiles.Read(path)));
        return (YamlMappingNode)stream.Documents.ShouldHaveSingleItem().RootNode;
    }

    private static IEnumerable<(string Name, YamlMappingNode Service)> Services(YamlMappingNode file) =>
        Mapping(file, "services").Children.Select(pair => (pair.Key.ToString(), (YamlMappingNode)pair.Value));

    private static YamlMappingNode Mapping(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out YamlNode? value) ? (YamlMappingNode)value : [];

    private static IEnumerable<string> Strings(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out YamlNode? value) ? ((YamlSequenceNode)value).Select(item => item.ToString()) : [];

    private static string Resolve(string file, string relative) => Join(Path.GetDirectoryName(file)!.Replace('\\', '/'), relative);

    private static string Join(string folder, string relative)
    {
        string root = Path.GetFullPath("/r");
        return Path.GetRelativePath(root, Path.GetFullPath(Path.Join(root, folder, relative))).Replace('\\', '/');
    }

    [GeneratedRegex(@"(?<![\w/])src/[\w./-]+|Interstice\.sln")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"CMD \[""dotnet"", ""/app/interstice\.dll"", ""(\w+)""\]")]
    private static partial Regex Invocation();
}
