using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Spec.Suites;

namespace Interstice.Wasm.Spec.Running;

/// <summary>Runs the commands of one file in order.</summary>
/// <remarks>Instances live until the file ends, since later ones may import from them. Whatever the engine throws that
/// is not what the command asks for is a failure of that command and of no other.</remarks>
internal sealed partial class FileRunner : IDisposable
{
    private const ulong FuelMax = 20_000_000_000;

    private readonly SuiteFile _file;
    private readonly Imports _imports = new();
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, Instance?> _named = [];
    private readonly Dictionary<string, string> _skippedNames = [];
    private Instance? _current;
    private string? _skippedCurrent;

    public FileRunner(SuiteFile file)
    {
        _file = file;
        _owned.Add(SpectestModule.AddTo(_imports));
    }

    /// <summary>Runs one command.</summary>
    public CommandResult Run(SuiteCommand command)
    {
        try
        {
            return new CommandResult(command, Judge(command));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new CommandResult(command, new Verdict.Failed($"{e.GetType().Name}: {e.Message}"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable owned in Enumerable.Reverse(_owned)) owned.Dispose();
    }

    private Verdict Judge(SuiteCommand command) => command switch
    {
        SuiteCommand.Module module => MakeInstance(module),
        SuiteCommand.Register register => MakeImportable(register),
        SuiteCommand.Act act => Skip(act.Action) ?? Do(act.Action),
        SuiteCommand.Return expected => Skip(expected.Action) ?? Compare(expected),
        SuiteCommand.Trap trap => Skip(trap.Action) ?? Catch(trap),
        SuiteCommand.Refusal refusal => Refuse(refusal),
        _ => new Verdict.Failed($"this runner does not know the command {command.Kind}"),
    };

    private Verdict.Skipped? Skip(SuiteAction action)
    {
        string? reason = action.Module is null ? _skippedCurrent : _skippedNames.GetValueOrDefault(action.Module);
        return reason is null ? null : new Verdict.Skipped(reason);
    }

    private Verdict Do(SuiteAction action)
    {
        Perform(action);
        return Verdict.Pass;
    }

    private Verdict Compare(SuiteCommand.Return command)
    {
        Value[] found = Perform(command.Action);
        bool isEqual = found.Length == command.Expected.Count
            && found.Zip(command.Expected).All(pair => SuiteValues.Matches(pair.Second, pair.First));
        return isEqual
            ? Verdict.Pass
            : new Verdict.Failed(
                $"{command.Action.Field}: expected {SuiteValues.Text(command.Expected)}, "
                + $"found {SuiteValues.Text(found)}");
    }

    private Verdict Catch(SuiteCommand.Trap command)
    {
        try
        {
            Value[] found = Perform(command.Action);
            return new Verdict.Failed(
                $"{command.Action.Field}: expected a trap \"{command.Text}\", found {SuiteValues.Text(found)}");
        }
        catch (WasmTrapException trap)
        {
            return JudgeWords(command.Text, trap);
        }
    }

    private Value[] Perform(SuiteAction action)
    {
        Instance instance = Find(action.Module);
        External? export = instance.GetExport(action.Field);
        if (action.IsGet && export is Global global) return [global.Value];
        if (action.IsGet || export is not Function function)
            throw new InvalidOperationException($"the module exports no such thing as \"{action.Field}\"");
        instance.Fuel = (long)FuelMax;
        return function.Invoke([.. action.Arguments.Select(SuiteValues.Argument)]);
    }

    private Instance Find(string? name) => (name is null ? _current : _named.GetValueOrDefault(name))
        ?? throw new InvalidOperationException("the module that the command needs was not made");

    private static Verdict JudgeWords(string expected, Exception found) => SuiteWords.Match(expected, found.Message)
        ? Verdict.Pass
        : new Verdict.Failed($"expected \"{expected}\", found \"{found.Message}\"");
}
