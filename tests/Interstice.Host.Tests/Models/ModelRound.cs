using Interstice.Host.Commands;
using Interstice.Host.Snapshots;
using Interstice.Kernel.Events;
using Interstice.Kernel.Expressions;
using Interstice.Kernel.Tables;
using Fault = Interstice.TestKit.EventStores.FaultInjectingStore.Fault;

namespace Interstice.Host.Tests.Models;

/// <summary>Random modules on a host, beside the model that says what must come of it: calls, queries, time; and in the other parts faults,
/// restarts, publications, and what is compared.</summary>
internal sealed partial class ModelRound
{
    private const int StepsTold = 6;
    private const int KeysRemembered = 20;

    private readonly Random _random;
    private readonly ModelBug _bug;
    private readonly ModelScripts _scripts;
    private readonly IEventStore _store;
    private readonly SnapshotStore _snapshots;
    private readonly byte[] _script;
    private readonly bool _takesOneStreamOnly;
    private readonly ModelClock _clock = new();
    private readonly List<string> _told = [];
    private readonly List<KeyedCall> _keyed = [];
    private ModelWorld _world;
    private ModelHost _host = null!;
    private int _keys;

    /// <summary>Makes one.</summary>
    /// <param name="store">Outlives all its hosts.</param>
    /// <param name="snapshots">Where they find snapshots.</param>
    /// <param name="script">The module that does what its argument says.</param>
    /// <param name="random">Everything that is random comes from here.</param>
    /// <param name="bug">A mistake of the model.</param>
    public ModelRound(IEventStore store, SnapshotStore snapshots, byte[] script, Random random, ModelBug bug)
    {
        (_store, _snapshots, _script, _random, _bug) = (store, snapshots, script, random, bug);
        bool canCall = random.Next(3) > 0;
        _takesOneStreamOnly = random.Next(2) == 0;
        _scripts = new ModelScripts(random, canCall);
        string[] names = ["a", "b", "c"];
        _world = new ModelWorld(names.Select(name => new ModelState(ModelSchema.Next(random, name, canCall ? [.. names.Except([name])] : []))));
    }

    /// <summary>What was done, for the report of the test.</summary>
    public ModelSums Sums { get; } = new();

    private long NowUs => _clock.NowUs;

    private IEnumerable<string> Names => _world.Modules.Select(module => module.Schema.Name);

    /// <summary>Runs steps until there are enough.</summary>
    /// <exception cref="InvalidOperationException">The host does something else than the model; with the last steps.</exception>
    public async Task RunAsync(int steps)
    {
        int step = 0;
        try
        {
            _host = await ModelHost.StartAsync(_store, _snapshots, _clock, _takesOneStreamOnly);
            foreach (ModelState module in _world.Modules) await PublishAsync(module.Schema);
            for (; step < steps; step++) await StepAsync(step);
            await CompareLogAsync();
            await RestartAsync();
            await CompareAsync();
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException(
                $"step {step}: {fault.Message}{Environment.NewLine}the last steps were{Environment.NewLine}{string.Join(Environment.NewLine, _told)}",
                fault);
        }
        finally
        {
            await _host.DisposeAsync();
        }
    }

    private async Task StepAsync(int step)
    {
        _clock.EndQuiet();
        switch (_random.Next(100))
        {
            case < 60:
                await CallAsync();
                break;
            case < 68:
                await AskAsync();
                break;
            case < 71:
                await FilterAsync();
                break;
            case < 73:
                await MigrateAsync();
                break;
            case < 74:
                await ReloadAsync();
                break;
            case < 75:
                await TakeOverAsync();
                break;
            case < 80:
                await PassAsync(_random.Next(3) == 0 ? _random.Next(1, 8_000) : _random.Next(1, 60));
                break;
            case < 84:
                await BurstAsync(isFaulty: false);
                break;
            case < 89:
                await BurstAsync(isFaulty: true);
                break;
            case < 91:
                await KillAsync();
                break;
            case < 93:
                await RestartAsync();
                break;
            case < 95:
                await TakeSnapshotAsync();
                break;
            default:
                await RepeatAsync();
                break;
        }

        if (step % 8 == 0) await CompareAsync();
    }

    private async Task CallAsync()
    {
        string module = AnyModule();
        bool isKeyed = _random.Next(8) == 0;
        ModelScripts.Flavour flavour = isKeyed ? ModelScripts.Flavour.Logged : _scripts.AnyFlavour();
        ModelStep[] steps = _scripts.Call(_world, module, flavour, NowUs);
        string? key = isKeyed ? $"key-{_keys++}" : null;
        Tell($"call {module}{(key is null ? "" : $" with {key}")}: {ModelStep.Text(steps)}");
        (ModelTransaction transaction, ModelEnd end) = Predict(module, steps);
        CallOutcome outcome = await _host.CallAsync(module, steps, key);
        Judge(end, outcome);
        if (end is ModelEnd.Returned)
        {
            _world = transaction.World;
            if (key is not null) Remember(new(key, module, steps, ((CallOutcome.Committed)outcome).Value.ToArray()));
        }

        await SettleAsync();
    }

    private async Task AskAsync()
    {
        string module = AnyModule();
        ModelStep[] steps = _scripts.Query(_world, module);
        Tell($"ask {module}: {ModelStep.Text(steps)}");
        ModelEnd end = new ModelTransaction(_world, _bug, NowUs, ModelHost.Caller).Run(module, steps, isQuery: true);
        QueryOutcome outcome = await _host.AskAsync(module, steps);
        Sums.Queries++;
        if (end is ModelEnd.Returned returned)
            Same(returned.Answers, outcome.ShouldBeOfType<QueryOutcome.Answered>($"{outcome}").Value.Span);
        else outcome.ShouldBeOfType<QueryOutcome.Trapped>($"{outcome}").Kind.ShouldBe(end.ShouldBeOfType<ModelEnd.Trapped>().Kind);
    }

    // A condition on the rows of a table.
    private async Task FilterAsync()
    {
        ModelState state = _world.Find(AnyModule());
        ModelRows[] kept = [.. state.Tables.Where(found => found.Table.Kind != ModelKind.Event)];
        ModelRows rows = kept[_random.Next(kept.Length)];
        ModelExpression condition = ModelExpression.Next(_random, rows.Table);
        Tell($"rows of {state.Schema.Name}.{rows.Table.Name} where {condition.Text}");
        string[] expected = [.. rows.Ordered(rows.Table.Indexes[0]).Where(row => condition.Of(row.Values) == true).Select(row => Convert.ToHexStringLower(row.Bytes))];
        string[] found = await _host.Host.ViewAsync(state.Schema.Name, projection =>
        {
            Table table = projection.State!.FindTable(rows.Table.Name)!;
            RowExpression compiled = RowExpression.Compile(condition.Text, table.Schema);
            return RowsOf(table).Where(row => compiled.Matches(row)).Select(Convert.ToHexStringLower).ToArray();
        });
        found.ShouldBe(expected);
        Sums.Conditions++;
    }

    // A call that is repeated with its key is answered as it was, and changes nothing.
    private async Task RepeatAsync()
    {
        if (_keyed.Count == 0) return;
        KeyedCall call = _keyed[_random.Next(_keyed.Count)];
        Tell($"repeat {call.Key} of {call.Module}: {ModelStep.Text(call.Steps)}");
        CallOutcome.Committed outcome = Committed(await _host.CallAsync(call.Module, call.Steps, call.Key));
        outcome.IsRepeat.ShouldBeTrue();
        outcome.Value.ToArray().ShouldBe(call.Value);
        if (_bug == ModelBug.KeysAreForgotten) _world = Predict(call.Module, call.Steps).Transaction.World;
        Sums.Repeats++;
    }

    private async Task PassAsync(int seconds)
    {
        Tell($"{seconds} s pass");
        await SettleAsync();
        _clock.Time.Advance(TimeSpan.FromSeconds(seconds));
        await SettleAsync();
    }

    // Several calls of one module on their way at once; with a fault, some appends fail, and what is refused has had no effect.
    private async Task BurstAsync(bool isFaulty)
    {
        await GetQuietAsync();
        string module = AnyModule();
        ModelStep[][] calls = [.. Enumerable.Range(0, _random.Next(1, 5))
            .Select(_ => _scripts.Call(_world, module, isFaulty ? ModelScripts.Flavour.Logged : _scripts.AnyFlavour(), null))];
        if (isFaulty)
        {
            Fault fault = Faults[_random.Next(Faults.Length)];
            int append = _random.Next(3);
            Tell($"append {append} from now: {fault}");
            _host.Store.FailAppend(_host.Store.AppendCount + append, fault);
            Sums.Faults++;
        }

        List<Task<CallOutcome>> running = [];
        foreach (ModelStep[] steps in calls)
        {
            Tell($"at once, call {module}: {ModelStep.Text(steps)}");
            running.Add(_host.CallAsync(module, steps));
        }

        await _host.PassAsync(Task.WhenAll(running), "the answers");
        _host.Store.ClearFaults();
        for (int i = 0; i < calls.Length; i++)
        {
            (ModelTransaction transaction, ModelEnd end) = Predict(module, calls[i]);
            CallOutcome outcome = await running[i];
            bool isRefused = isFaulty && outcome is CallOutcome.Refused;
            if (!isRefused) Judge(end, outcome);
            else Sums.Refused++;
            if (end is ModelEnd.Returned && (!isRefused || _bug == ModelBug.RefusedIsCommitted)) _world = transaction.World;
        }

        await SettleAsync();
    }

    private (ModelTransaction Transaction, ModelEnd End) Predict(string module, ModelStep[] steps)
    {
        var transaction = new ModelTransaction(_world, _bug, NowUs, ModelHost.Caller);
        return (transaction, transaction.Run(module, steps));
    }

    private void Judge(ModelEnd expected, CallOutcome outcome)
    {
        switch (expected)
        {
            case ModelEnd.Returned returned:
                Same(returned.Answers, Committed(outcome).Value.Span);
                Sums.Committed++;
                break;
            case ModelEnd.Rejected rejected:
                outcome.ShouldBeOfType<CallOutcome.Rejected>($"{outcome}").Error.ShouldBe(rejected.Text);
                Sums.Rejected++;
                break;
            case ModelEnd.Trapped trapped:
                outcome.ShouldBeOfType<CallOutcome.Trapped>($"{outcome}").Kind.ShouldBe(trapped.Kind, $"{outcome}");
                Sums.Trapped++;
                break;
        }
    }

    private static CallOutcome.Committed Committed(CallOutcome outcome) => outcome.ShouldBeOfType<CallOutcome.Committed>($"{outcome}");

    private static void Same(IReadOnlyList<ModelAnswer> expected, ReadOnlySpan<byte> given)
    {
        if (ModelAnswer.Difference(expected, given) is { } difference) throw new InvalidOperationException(difference);
    }

    private void Remember(KeyedCall call)
    {
        _keyed.Add(call);
        if (_keyed.Count > KeysRemembered) _keyed.RemoveAt(0);
    }

    private string AnyModule() => _world.Modules[_random.Next(_world.Modules.Count)].Schema.Name;

    private void Tell(string step)
    {
        _told.Add(step);
        if (_told.Count > StepsTold) _told.RemoveAt(0);
    }

    private sealed record KeyedCall(string Key, string Module, ModelStep[] Steps, byte[] Value);
}
