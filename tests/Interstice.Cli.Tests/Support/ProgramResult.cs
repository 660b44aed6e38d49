using System.Text.Json;
using YamlDotNet.RepresentationModel;

namespace Interstice.Cli.Tests.Support;

/// <summary>What one run of the program gave.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
public sealed record ProgramResult(int Code, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement.Clone();

    public JsonElement[] JsonLines => [.. Lines.Select(line => JsonDocument.Parse(line).RootElement.Clone())];

    public YamlNode Yaml
    {
        get
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(Output));
            return stream.Documents.ShouldHaveSingleItem().RootNode;
        }
    }

    /// <summary>The run succeeded and complained about nothing.</summary>
    public ProgramResult ShouldSucceed()
    {
        Errors.ShouldBe("");
        Code.ShouldBe(0, Output);
        return this;
    }

    /// <summary>The run ended with a code and one sentence on standard error.</summary>
    /// <param name="code">The exit code.</param>
    /// <param name="parts">What the sentence holds.</param>
    public ProgramResult ShouldFail(int code, params string[] parts)
    {
        string sentence = Errors.TrimEnd('\n');
        foreach (string part in parts) sentence.ShouldContain(part, Case.Sensitive);
        sentence.ShouldStartWith("interstice: ");
        sentence.ShouldNotContain('\n');
        sentence.ShouldNotContain("   at ");
        Code.ShouldBe(code, sentence);
        return this;
    }
}
