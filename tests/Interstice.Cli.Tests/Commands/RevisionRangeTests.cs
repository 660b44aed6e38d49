using Interstice.Cli.Tests.Support;

namespace Interstice.Cli.Tests.Commands;

public sealed class RevisionRangeTests(BankStore bank)
{
    [Theory]
    [InlineData("leak-check bank --from 999")]
    [InlineData("replay-check --re-execute --from 999")]
    [InlineData("replay-check --re-execute --module bank --from 999 --to 1000")]
    public async Task A_range_behind_the_end_is_refused_and_not_found_free_of_faults(string line) =>
        (await bank.RunAsync(line.Split(' '))).ShouldFail(2, "module bank has no revision 999; its last one is ");
}
