using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;
using Interstice.Wasm.Execution;
using Interstice.Wasm.Spec.Suites;

namespace Interstice.Wasm.Spec.Running;

/// <content>Commands that load modules.</content>
internal sealed partial class FileRunner
{
    private const string TextFormat = "the module is in the text format, which the engine does not read";

    private static readonly InstanceOptions Options = new() { FuelInitial = FuelMax };

    private Verdict MakeInstance(SuiteCommand.Module command)
    {
        _current = null;
        _skippedCurrent = null;
        if (command.Name is not null)
        {
            _named[command.Name] = null;
            _skippedNames.Remove(command.Name);
        }

        try
        {
            if (command.Binary.IsText) return SkipModule(command, TextFormat);
            _current = Instantiate(WasmModule.Load(Read(command.Binary)));
        }
        catch (WasmFormatException e) when (e.Kind == WasmFormatErrorKind.Unsupported)
        {
            return SkipModule(command, $"the module uses a proposal that the engine refuses: {ProposalOf(e)}");
        }

        if (command.Name is not null) _named[command.Name] = _current;
        return Verdict.Pass;
    }

    private Verdict.Skipped SkipModule(SuiteCommand.Module command, string reason)
    {
        _skippedCurrent = reason;
        if (command.Name is not null) _skippedNames[command.Name] = reason;
        return new Verdict.Skipped(reason);
    }

    private Verdict MakeImportable(SuiteCommand.Register command)
    {
        string? skipped = command.Name is null ? _skippedCurrent : _skippedNames.GetValueOrDefault(command.Name);
        if (skipped is not null) return new Verdict.Skipped(skipped);
        Instance instance = Find(command.Name);
        foreach (Export export in instance.Module.Exports)
            _imports.Add(command.As, export.Name, instance.GetExport(export.Name)!);
        return Verdict.Pass;
    }

    private Verdict Refuse(SuiteCommand.Refusal command)
    {
        if (command.Binary.IsText) return new Verdict.Skipped(TextFormat);
        byte[] binary = Read(command.Binary);
        WasmModule module;
        try
        {
            module = WasmModule.Load(binary);
        }
        catch (WasmFormatException e) when (IsExpected(command.Kind, e.Kind))
        {
            return JudgeWords(command.Text, e);
        }

        if (command.Kind is "assert_malformed" or "assert_invalid")
            return new Verdict.Failed($"expected \"{command.Text}\", and the module was accepted");
        return RefuseInstance(command, module);
    }

    private Verdict RefuseInstance(SuiteCommand.Refusal command, WasmModule module)
    {
        try
        {
            Instantiate(module);
            return new Verdict.Failed($"expected \"{command.Text}\", and an instance was made");
        }
        catch (WasmLinkException e) when (command.Kind == "assert_unlinkable")
        {
            return JudgeWords(command.Text, e);
        }
        catch (WasmTrapException e) when (command.Kind == "assert_uninstantiable")
        {
            return JudgeWords(command.Text, e);
        }
    }

    private Instance Instantiate(WasmModule module)
    {
        CompiledModule compiled = CompiledModule.Compile(module);
        _owned.Add(compiled);
        Instance instance = compiled.Instantiate(_imports, Options);
        _owned.Add(instance);
        return instance;
    }

    private byte[] Read(SuiteModule module) => _file.ReadModule(module.FileName)
        ?? throw new InvalidOperationException($"the suite lacks {module.FileName}");

    /// <summary>A module that uses an unsupported proposal is malformed or invalid in the words of a suite that is
    /// older than the proposal.</summary>
    private static bool IsExpected(string command, WasmFormatErrorKind found) => (command, found) switch
    {
        ("assert_malformed", WasmFormatErrorKind.Malformed or WasmFormatErrorKind.Unsupported) => true,
        ("assert_invalid", WasmFormatErrorKind.Invalid or WasmFormatErrorKind.Unsupported) => true,
        _ => false,
    };

    /// <summary>The sentence after the specification's words, without what to do about it.</summary>
    private static string ProposalOf(WasmFormatException e)
    {
        string sentence = e.Message[(e.Message.LastIndexOf(": ", StringComparison.Ordinal) + 2)..];
        return sentence.Split(';')[0];
    }
}
