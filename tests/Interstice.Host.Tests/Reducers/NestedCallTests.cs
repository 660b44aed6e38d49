using Interstice.Host.Commands;
using Interstice.Host.Modules;
using Interstice.Host.Reducers;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Reducers;

/// <summary>Goal: a call that goes over several modules is one transaction: all of it happens or nothing, what a callee rejects is undone alone,
/// and its inputs are the same everywhere.</summary>
public sealed class NestedCallTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_over_three_modules_commits_in_all_of_them_as_one_transaction(bool hasCommitPoints)
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);

        CallOutcome.Committed committed = await host.CommitAsync(
            'a', new Script().Put(1, 10).Call('b', new Script().Put(2, 20).Call('c', new Script().Put(3, 30))).PutResult(4));

        committed.Mutations.ShouldBe(4);
        (await host.ValueAsync('a', 1)).ShouldBe(10);
        (await host.ValueAsync('b', 2)).ShouldBe(20);
        (await host.ValueAsync('c', 3)).ShouldBe(30);
        (await host.ValueAsync('a', 4)).ShouldBe(1, "the return value of b: how many rows it has");
        RecordedEvent[] first = [.. await FirstEventsAsync(host, 'a'), .. await FirstEventsAsync(host, 'b'), .. await FirstEventsAsync(host, 'c')];
        first.Select(recorded => TransactionId.OfEvent(recorded.Id, out _)).Distinct().Count().ShouldBe(1, "one transaction");
        first.Select(recorded => recorded.Id).Distinct().Count().ShouldBe(3, "ids of their own");
        TransactionRecord[] records = [.. first.Select(recorded => TransactionRecord.Read(recorded.Metadata.Span))];
        records.Select(record => record.Reducer).ShouldBe(["run", "a.run", "a.run"]);
        records.Select(record => record.Causation).ShouldBe([null, first[0].Id, first[0].Id]);
        await host.ExpectLogsAgreeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_callee_rejects_is_undone_with_all_that_it_called_and_the_rest_lives(bool hasCommitPoints)
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);
        await host.CommitAsync('c', new Script().Put(7, 7));

        await host.CommitAsync('a', new Script()
            .Put(1, 1)
            .Call('b', new Script().Put(1, 2).Emit(1))
            .Try('b', new Script().Put(1, 99).Put(2, 99).Emit(2).Call('c', new Script().Delete(7).Put(8, 8)).Reject())
            .Try('c', new Script().Put(9, 9).Reject())
            .Put(2, 2));

        (await host.ValueAsync('a', 2)).ShouldBe(2);
        (await host.ValueAsync('b', 1)).ShouldBe(2);
        (await host.ValueAsync('b', 2)).ShouldBe(-1);
        (await host.ValueAsync('c', 7)).ShouldBe(7);
        (await host.CountAsync('c')).ShouldBe(1);
        (await host.Journal.ReadAsync('b')).Count(recorded => recorded.Type == EventTypes.EventEmitted).ShouldBe(1);
        await host.ExpectLogsAgreeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rejection_that_nobody_catches_leaves_nothing_anywhere(bool hasCommitPoints)
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);

        CallOutcome outcome = await host.RunAsync('a', new Script().Put(1, 1).Call('b', new Script().Put(1, 1).Call('c', new Script().Reject())));

        outcome.ShouldBeOfType<CallOutcome.Rejected>().Error.ShouldBe("no");
        foreach (char module in RelayHost.Modules) (await host.CountAsync(module)).ShouldBe(0, $"module {module}");
        await host.CommitAsync('a', new Script().Call('b', new Script().Put(1, 1)));
        await host.ExpectLogsAgreeAsync();
    }

    [Fact]
    public async Task A_trap_in_a_callee_fails_everything_although_the_caller_would_go_on_and_says_the_path()
    {
        await using HostFixture host = await RelayHost.StartAsync();

        CallOutcome outcome = await host.RunAsync('a', new Script().Put(1, 1).Try('b', new Script().Put(1, 1).Try('c', new Script().Trap())));

        var trapped = outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString());
        trapped.Kind.ShouldBe(ModuleTrapKind.Unreachable);
        trapped.Error.ShouldContain("a.run > b.run > c.run");
        foreach (char module in RelayHost.Modules) (await host.CountAsync(module)).ShouldBe(0, $"module {module}");
        await host.CommitAsync('a', new Script().Put(1, 1).Call('c', new Script().Put(1, 1)));
        await host.ExpectLogsAgreeAsync();
    }

    // Unreachable behind the text of a rejection is a rejection, if it is the guest's own.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_trap_in_a_callee_is_no_rejection_of_a_caller_that_gave_a_text_before(bool isInTheMiddle)
    {
        await using HostFixture host = await RelayHost.StartAsync();
        Script script = new Script().SayNo().Put(1, 1).Call('c', new Script().Put(1, 1).Trap());
        if (isInTheMiddle) script = new Script().Put(1, 1).Try('b', script);

        CallOutcome outcome = await host.RunAsync('a', script);

        var trapped = outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString());
        trapped.Kind.ShouldBe(ModuleTrapKind.Unreachable);
        trapped.Error.ShouldContain(isInTheMiddle ? "a.run > b.run > c.run" : "a.run > c.run");
        foreach (char module in RelayHost.Modules) (await host.CountAsync(module)).ShouldBe(0, $"module {module}");
        outcome = await host.RunAsync('a', new Script().SayNo().Trap());
        outcome.ShouldBeOfType<CallOutcome.Rejected>(outcome.ToString()).Error.ShouldBe("no");
    }

    // The numbers of parts: 0 is the module that was called from outside, then they count in the order of the first calls.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ids_of_events_say_the_part_of_the_transaction_and_the_place_in_it(bool hasCommitPoints)
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);
        await host.CommitAsync('c', new Script().Put(9, 9));
        Dictionary<char, int> before = [];
        foreach (char module in RelayHost.Modules) before[module] = (await host.Journal.ReadAsync(module)).Count;

        await host.CommitAsync('a', new Script()
            .Call('d', new Script().Put(1, 1).Put(2, 2).Call('b', new Script().Put(3, 3)))
            .Try('c', new Script().Put(4, 4).Reject())
            .Call('b', new Script().Put(5, 5)).Put(6, 6).Put(7, 7));

        Dictionary<char, RecordedEvent[]> parts = [];
        foreach (char module in RelayHost.Modules)
        {
            parts[module] =
            [
                .. (await host.Journal.ReadAsync(module)).Skip(before[module]).Where(recorded => EventTypes.IsOfTransaction(recorded.Type)),
            ];
        }

        TransactionId id = TransactionId.OfEvent(parts['a'][0].Id, out _);
        parts['c'].ShouldBeEmpty("what it did was undone");
        foreach ((char module, int number, int rows) in (IEnumerable<(char, int, int)>)[('a', 0, 2), ('d', 1, 2), ('b', 2, 2)])
        {
            parts[module].Length.ShouldBe(rows + (hasCommitPoints && module == 'a' ? 1 : 0), $"module {module}");
            parts[module].Select(recorded => recorded.Id).ShouldBe(
                Enumerable.Range(0, parts[module].Length).Select(i => id.EventIdIn(number, i)), $"module {module}");
        }

        await host.ExpectLogsAgreeAsync();
    }

    public static TheoryData<string, string, ModuleTrapKind> Refusals => new()
    {
        { "undeclared", "does not declare", ModuleTrapKind.Abi },
        { "private", "only module b and the host may call", ModuleTrapKind.Abi },
        { "arguments", "arguments that do not fit", ModuleTrapKind.Abi },
        { "nobody", "there is no module \"nobody\"", ModuleTrapKind.Abi },
        { "again", "a.run > b.run > a.run comes back to module a", ModuleTrapKind.Abi },
        { "itself", "a.run > a.run comes back to module a", ModuleTrapKind.Abi },
        { "fuel", "fuel", ModuleTrapKind.Fuel },
        { "depth", "a.run > b.run", ModuleTrapKind.Depth },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_may_not_be_called_and_every_limit_fails_the_whole_and_names_it(string what, string words, ModuleTrapKind kind)
    {
        await using HostFixture host = await RelayHost.StartAsync(new() { Limits = new() { FuelPerCall = 5_000_000 } });
        Script wrong = what switch
        {
            "undeclared" => new Script().CallUndeclared(),
            "private" => new Script().CallPrivate('b'),
            "arguments" => new Script().CallWithBadArguments('b'),
            "nobody" => new Script().CallNobody(),
            "again" => new Script().Try('b', new Script().Try('a', new Script())),
            "itself" => new Script().Try('a', new Script()),
            "fuel" => new Script().Try('b', new Script().RunForEver()),
            _ => new Script().Try('b', new Script().RecurseForEver()),
        };

        CallOutcome outcome = await host.RunAsync('a', Join(new Script().Try('c', new Script().Put(1, 1)).Bytes, wrong));

        var trapped = outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString());
        trapped.Kind.ShouldBe(kind, trapped.Error);
        trapped.Error.ShouldContain(words);
        foreach (char module in RelayHost.Modules) (await host.CountAsync(module)).ShouldBe(0, $"module {module}");
        await host.CommitAsync('a', new Script().Call('b', new Script().Put(1, 1)));
    }

    [Fact]
    public async Task Fuel_is_shared_by_the_modules_of_a_transaction()
    {
        await using HostFixture host = await RelayHost.StartAsync();
        ulong outer = (await host.CommitAsync('a', new Script().Put(1, 1))).Fuel;
        ulong both = (await host.CommitAsync('a', new Script().Put(1, 2).Call('b', new Script().Put(1, 1)))).Fuel;

        both.ShouldBeGreaterThan(2 * outer, "both writes, and the call");
    }

    [Fact]
    public async Task Mutations_of_all_modules_count_for_the_limit()
    {
        await using HostFixture host = await RelayHost.StartAsync(new() { Limits = new() { MutationsMax = 4 } });
        Script two = new Script().Put(1, 1).Put(2, 2);

        await host.CommitAsync('a', new Script().Put(1, 1).Put(2, 2).Call('b', two));
        CallOutcome outcome = await host.RunAsync('a', new Script().Put(1, 3).Put(2, 4).Call('b', new Script().Put(3, 3)).Call('c', two));

        outcome.ShouldBeOfType<CallOutcome.Trapped>(outcome.ToString()).Kind.ShouldBe(ModuleTrapKind.Limit);
        (await host.ValueAsync('a', 1)).ShouldBe(1);
        (await host.ValueAsync('b', 3)).ShouldBe(-1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Time_random_numbers_and_the_outer_caller_are_those_of_the_transaction_and_the_calling_module_is_the_direct_one(bool hasCommitPoints)
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);

        Script inner = new Script().PutCallerModule(1).PutCaller(2).PutNow(3).PutRandom(4);
        await host.CommitAsync('a', new Script()
            .PutCallerModule(1).PutCaller(2).PutNow(3).PutRandom(4)
            .Call('b', Join(inner.Bytes, new Script().Call('c', inner)))
            .Try('d', new Script().PutRandom(1).Reject())
            .PutRandom(5));

        (await host.ValueAsync('a', 1)).ShouldBe(0);
        (await host.ValueAsync('b', 1)).ShouldBe('a');
        (await host.ValueAsync('c', 1)).ShouldBe('b');
        var drawn = new RandomSequence(TransactionRecord.Read((await FirstEventsAsync(host, 'a'))[0].Metadata.Span).Seed);
        long[] numbers = [(long)drawn.Next(), (long)drawn.Next(), (long)drawn.Next(), (long)drawn.Next(), (long)drawn.Next()];
        (await host.ValueAsync('a', 4)).ShouldBe(numbers[0]);
        (await host.ValueAsync('b', 4)).ShouldBe(numbers[1]);
        (await host.ValueAsync('c', 4)).ShouldBe(numbers[2]);
        (await host.ValueAsync('a', 5)).ShouldBe(numbers[4], "what a callee drew stays drawn, although it said no");
        foreach (byte key in (byte[])[2, 3])
        {
            long outer = await host.ValueAsync('a', key);
            (await host.ValueAsync('b', key)).ShouldBe(outer);
            (await host.ValueAsync('c', key)).ShouldBe(outer);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_that_changes_a_callee_only_is_in_its_stream_alone(bool hasCommitPoints)
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);
        Revision before = await host.Host.ViewAsync("a", projection => projection.Revision);

        CallOutcome.Committed committed = await host.CommitAsync('a', new Script().Call('b', new Script().Put(1, 1)));

        (await host.Host.ViewAsync("a", projection => projection.Revision)).ShouldBe(before);
        (await host.Host.ViewAsync("b", projection => projection.Revision)).ShouldBe(committed.Revision);
        await host.ExpectLogsAgreeAsync();
    }

    // The module that was called changes nothing itself: its stream holds the key all the same.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_with_a_key_takes_effect_once_in_every_module_also_after_a_restart(bool hasCommitPoints)
    {
        HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);
        Script script = new Script().Call('b', new Script().PutRandom(1));
        CallReducer keyed = new("a", "run", script.Arguments, HostFixture.Tester, "order 1");

        (await host.Mediator.Send(keyed)).ShouldBeOfType<CallOutcome.Committed>().IsRepeat.ShouldBeFalse();
        long drawn = await host.ValueAsync('b', 1);
        (await host.Mediator.Send(keyed)).ShouldBeOfType<CallOutcome.Committed>().IsRepeat.ShouldBeTrue();
        (await host.ValueAsync('b', 1)).ShouldBe(drawn);
        await host.ExpectLogsAgreeAsync();

        await using HostFixture again = await RelayHost.RestartAsync(host);
        (await again.Mediator.Send(keyed)).ShouldBeOfType<CallOutcome.Committed>().IsRepeat.ShouldBeTrue();
        (await again.ValueAsync('b', 1)).ShouldBe(drawn);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_finds_every_module_as_it_was_and_calls_go_on(bool hasCommitPoints)
    {
        HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);
        for (byte i = 1; i < 20; i++) await host.CommitAsync('a', new Script().Put(i, i).Call('b', new Script().Put(i, i).Call('c', new Script().Put(i, 1))));
        var before = await host.HashAsync("b");

        await using HostFixture again = await RelayHost.RestartAsync(host);

        (await again.HashAsync("b")).ShouldBe(before);
        await again.CommitAsync('c', new Script().Put(1, 1).Call('b', new Script().Put(1, 2)));
        (await again.ValueAsync('b', 1)).ShouldBe(2);
        await again.ExpectLogsAgreeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_into_a_group_from_many_sides_lose_nothing(bool hasCommitPoints)
    {
        await using HostFixture host = await RelayHost.StartAsync(hasCommitPoints: hasCommitPoints);
        Task<CallOutcome>[] calls =
        [
            .. Enumerable.Range(0, 120).Select(i =>
            {
                char from = RelayHost.Modules[i % 4];
                char to = RelayHost.Modules[(i + 1 + (i / 4 % 3)) % 4];
                return host.RunAsync(from, new Script().Put((byte)i, 1).Call(to, new Script().Put((byte)(i + 120), 1)));
            }),
        ];

        foreach (CallOutcome outcome in await Task.WhenAll(calls)) outcome.ShouldBeOfType<CallOutcome.Committed>(outcome.ToString());

        long rows = 0;
        foreach (char module in RelayHost.Modules) rows += await host.CountAsync(module);
        rows.ShouldBe(240);
        await host.ExpectLogsAgreeAsync();
    }

    private static Script Join(byte[] first, Script second) => Script.Of([.. first, .. second.Bytes]);

    private static async Task<RecordedEvent[]> FirstEventsAsync(HostFixture host, char module) =>
    [
        .. (await host.Journal.ReadAsync(module))
            .Where(recorded => EventTypes.IsOfTransaction(recorded.Type) && !recorded.Metadata.IsEmpty),
    ];
}
