using Interstice.Kernel.Events;

namespace Interstice.Kernel.Tests.Events;

public sealed class TransactionRecordTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(5)]
    public void A_result_is_read_as_it_was_written_and_none_stays_none(int? bytes)
    {
        var record = new TransactionRecord
        {
            EventCount = 1,
            Reducer = "r",
            Arguments = default,
            Caller = Identity.Of("tests", "caller"),
            TimeUs = 1,
            Seed = 2,
            Code = CodeHash.Of([]),
            Engine = "e",
            Fuel = 3,
            Host = Guid.Empty,
            Epoch = 4,
            StateHash = 5,
            Result = bytes is { } length ? (ReadOnlyMemory<byte>?)new byte[length] : null,
        };
        using var writer = new PayloadWriter();
        record.Write(writer);
        TransactionRecord.Read(writer.Written).Result?.Length.ShouldBe(bytes ?? -1);
        TransactionRecord.Read(writer.Written).Result.HasValue.ShouldBe(bytes is not null);
    }
}
