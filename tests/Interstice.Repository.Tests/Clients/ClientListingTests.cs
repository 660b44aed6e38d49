using System.Xml.Linq;
using Interstice.Repository.Tests.Determinism;
using Mono.Cecil;

namespace Interstice.Repository.Tests.Clients;

// Goal: the adapter to EventStoreDB compiles and means the same with the official client as with the built-in one. Method: what its
// IL refers to stands in the checked-in signatures of the official one (docs/decisions/0021).
public sealed class ClientListingTests
{
    private const string ListingPath = "tests/Interstice.Repository.Tests/Clients/official-client.txt";

    private static readonly ClientListing Listing = ClientListing.Read(RepositoryFiles.Read(ListingPath));

    [Fact]
    public void The_adapter_uses_nothing_that_the_official_client_does_not_have()
    {
        Listing.MemberCount.ShouldBeGreaterThan(300);
        MemberUse[] uses = [.. Uses()];
        uses.Count(ClientListing.IsOfClient).ShouldBeGreaterThan(50);
        Listing.Unlisted(uses).ShouldBeEmpty();
    }

    [Fact]
    public void The_adapter_knows_neither_the_messages_nor_the_calls_of_the_built_in_client() => Uses()
        .Where(use => use.Type.StartsWith("Interstice.EventStoreDb.Protocol", StringComparison.Ordinal)
            || use.Type.StartsWith("Google.Protobuf", StringComparison.Ordinal))
        .ShouldBeEmpty();

    [Fact]
    public void The_adapter_has_no_conditional_code() => RepositoryFiles.WithEnding(".cs")
        .Where(path => path.StartsWith("src/Interstice.EventStoreDb/", StringComparison.Ordinal))
        .Where(path => RepositoryFiles.Read(path).Contains("#if", StringComparison.Ordinal))
        .ShouldBeEmpty();

    // With another client nothing but the client is another: no constant, and no source that is compiled for one of them only.
    [Fact]
    public void The_adapters_project_asks_which_client_there_is_for_its_reference_alone()
    {
        var project = XDocument.Parse(RepositoryFiles.Read("src/Interstice.EventStoreDb/Interstice.EventStoreDb.csproj"));
        XElement[] conditional = [.. project.Descendants().Where(element => element.Attribute("Condition") is not null)];
        conditional.SelectMany(group => group.Elements()).Select(reference => $"{reference.Name} {(string?)reference.Attribute("Include")}").ShouldBe(
        [
            "PackageReference EventStore.Client.Grpc.Streams",
            "ProjectReference ../Interstice.EventStoreDb.Protocol/Interstice.EventStoreDb.Protocol.csproj",
        ]);
        conditional.ShouldAllBe(group => group.Name == "ItemGroup");
        project.Descendants().Where(element => element.Name.LocalName is "DefineConstants" or "Compile" or "Import").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("EventStore.Client.EventStoreClient", "AppendAsync", "System.String")]
    [InlineData("EventStore.Client.EventStoreClient", "ReadStreamAsync", "EventStore.Client.Direction", "System.String")]
    [InlineData("EventStore.Client.Uuid", "FromGuid", "System.String")]
    [InlineData("EventStore.Client.GrpcException", ".ctor")]
    [InlineData("EventStore.Client.Position", "set_CommitPosition", "System.UInt64")]
    public void A_use_that_only_the_built_in_client_could_have_is_found(string type, string member, params string[] parameters) =>
        Listing.Unlisted([new MemberUse("a test", type, member, parameters)]).ShouldHaveSingleItem();

    [Theory]
    [InlineData("EventStore.Client.Uuid", "FromGuid", "System.Guid")]
    [InlineData("EventStore.Client.EventStoreClient/ReadStreamResult", "get_Messages")]
    [InlineData("EventStore.Client.StreamState", "Any")]
    [InlineData("EventStore.Client.EventStoreClientOperationOptions", "set_ThrowOnAppendFailure", "System.Boolean")]
    [InlineData("EventStore.Client.EventData", ".ctor", "EventStore.Client.Uuid", "System.String", "System.ReadOnlyMemory`1<System.Byte>",
        "System.Nullable`1<System.ReadOnlyMemory`1<System.Byte>>", "System.String")]
    public void A_use_of_the_listing_is_not(string type, string member, params string[] parameters) =>
        Listing.Unlisted([new MemberUse("a test", type, member, parameters)]).ShouldBeEmpty();

    private static List<MemberUse> Uses()
    {
        using AssemblyDefinition adapter = ProductAssemblies.Read("Interstice.EventStoreDb");
        return [.. MemberUse.Scan(adapter)];
    }
}
