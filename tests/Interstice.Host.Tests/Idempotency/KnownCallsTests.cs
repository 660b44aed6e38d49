using Interstice.Host.Idempotency;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Idempotency;

/// <summary>Goal: a key is found as long as it is kept, and no longer; what is undone was never there.</summary>
public sealed class KnownCallsTests
{
    private const long HourUs = 3_600_000_000;

    [Fact]
    public void A_key_is_kept_to_the_microsecond_of_its_hours_and_no_longer()
    {
        var calls = new KnownCalls(new KeyRetention { Hours = 2 });
        calls.AddDurable(1, Call(1, 0));
        calls.TryFind(1, 2 * HourUs, out _).ShouldBeTrue();
        calls.TryFind(1, (2 * HourUs) + 1, out _).ShouldBeFalse();

        calls.AddDurable(2, Call(2, 2 * HourUs));
        calls.Count.ShouldBe(2);
        calls.AddDurable(3, Call(3, (2 * HourUs) + 1));
        calls.Count.ShouldBe(2);
        calls.All().Select(pair => pair.Key).ShouldBe([2, 3]);
    }

    [Fact]
    public void Beyond_the_number_the_oldest_go()
    {
        var calls = new KnownCalls(new KeyRetention { KeysMax = 3 });
        for (int i = 1; i <= 5000; i++)
        {
            calls.AddDurable((UInt128)i, Call(i, 0));
            calls.Count.ShouldBe(Math.Min(i, 3));
        }

        calls.All().Select(pair => pair.Key).ShouldBe([4998, 4999, 5000]);
    }

    [Fact]
    public void A_clock_that_goes_back_brings_no_key_back()
    {
        var calls = new KnownCalls(new KeyRetention { Hours = 1 });
        calls.AddDurable(1, Call(1, 0));
        calls.AddDurable(2, Call(2, HourUs + 1));
        calls.TryFind(1, 0, out _).ShouldBeFalse();
        calls.AddDurable(3, Call(3, 0));
        calls.TryFind(3, 0, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_key_that_is_used_again_after_its_time_counts_where_it_was_used_last()
    {
        var calls = new KnownCalls(new KeyRetention { Hours = 1 });
        calls.AddDurable(1, Call(1, 0));
        calls.AddDurable(1, Call(2, HourUs + 1));
        calls.AddDurable(2, Call(3, HourUs + 2));
        calls.Count.ShouldBe(2);
        calls.TryFind(1, HourUs + 2, out KnownCall found).ShouldBeTrue();
        found.Revision.ShouldBe(new Revision(2));
    }

    [Fact]
    public void What_is_undone_is_forgotten_and_what_is_durable_stays()
    {
        var calls = new KnownCalls(new KeyRetention { KeysMax = 2 });
        for (int i = 1; i <= 4; i++) calls.Add(10 + i, (UInt128)i, Call(i, i));
        calls.Count.ShouldBe(4); // nothing that can be undone is given up
        calls.Release(12);
        calls.All().Select(pair => pair.Key).ShouldBe([3, 4]);
        calls.Undo(13);
        calls.All().Select(pair => pair.Key).ShouldBe([3]);
        calls.Release(13);
        calls.Add(14, 5, Call(5, 5));
        calls.Release(14);
        calls.All().Select(pair => pair.Key).ShouldBe([3, 5]);
    }

    // docs/semantics.md says how much it is.
    [Fact]
    public void A_million_keys_take_as_much_memory_as_is_documented()
    {
        const int count = 1_000_000;
        var calls = new KnownCalls(KeyRetention.Default);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < count; i++) calls.AddDurable((UInt128)i << 64, Call(i, 0));
        long perKey = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        GC.KeepAlive(calls);
        TestContext.Current.TestOutputHelper?.WriteLine($"{perKey} bytes a key");
        perKey.ShouldBeInRange(100, 200);
    }

    [Theory]
    [InlineData("", "1 to 255")]
    [InlineData("a\nb", "character 1 is U+000A")]
    [InlineData("caf\u00e9", "character 3 is U+00E9")]
    public void A_key_that_is_none_is_told_so(string key, string said) => CallKey.Check(key).ShouldNotBeNull().ShouldContain(said);

    [Fact]
    public void Keys_up_to_255_characters_are_taken()
    {
        CallKey.Check(new string('~', 255)).ShouldBeNull();
        CallKey.Check(new string('~', 256)).ShouldNotBeNull().ShouldContain("256");
    }

    [Fact]
    public void Caller_and_key_make_the_scope_and_reducer_and_arguments_the_request()
    {
        Identity ann = Identity.Of("tests", "ann");
        var key = CallKey.Of("k", ann, "add", [1, 2]);
        CallKey.Of("k", ann, "add", [1, 2]).Scope.ShouldBe(key.Scope);
        CallKey.Of("k", Identity.Of("tests", "bob"), "add", [1, 2]).Scope.ShouldNotBe(key.Scope);
        CallKey.Of("l", ann, "add", [1, 2]).Scope.ShouldNotBe(key.Scope);
        CallKey.Of("l", ann, "add", [1, 2]).Request.ShouldBe(key.Request);
        CallKey.Of("k", ann, "sub", [1, 2]).Request.ShouldNotBe(key.Request);
        CallKey.Of("k", ann, "add", [1, 3]).Request.ShouldNotBe(key.Request);
    }

    private static KnownCall Call(int revision, long timeUs) => new((UInt128)revision, timeUs, new Revision(revision), 1, 0, null);
}
