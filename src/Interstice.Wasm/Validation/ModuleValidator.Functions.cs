using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Validation;

internal sealed partial class ModuleValidator
{
    private ImmutableArray<FunctionDeclaration> ReadFunctions()
    {
        var functions = ImmutableArray.CreateBuilder<FunctionDeclaration>(_draft.Functions.Count);
        for (int i = 0; i < _draft.Functions.Count; i++)
        {
            FunctionType type = TypeOf(i);
            int own = i - _draft.ImportedFunctionCount;
            FunctionBody? body = own < 0 ? null : ReadBody(type, _draft.Bodies[own]);
            functions.Add(new FunctionDeclaration((int)_draft.Functions[i].Value, type, body));
        }

        CheckBodies(functions);
        return functions.MoveToImmutable();
    }

    private void CheckBodies(ImmutableArray<FunctionDeclaration>.Builder functions)
    {
        var validator = new FunctionValidator(_draft, _referable);
        for (int i = _draft.ImportedFunctionCount; i < functions.Count; i++)
            validator.Validate(i, functions[i].Type, functions[i].Body!);
    }

    private FunctionBody ReadBody(FunctionType type, BodyDraft body)
    {
        long count = (long)type.Parameters.Length + body.LocalCount;
        CheckLimit(body.Offset, "too many locals", count, _draft.Limits.LocalsMax, nameof(ModuleLimits.LocalsMax));
        _locals += count;
        CheckLimit(
            body.Offset, "too many locals in all functions", _locals, _draft.Limits.LocalsTotalMax,
            nameof(ModuleLimits.LocalsTotalMax));

        if (body.LocalCount == 0) return new FunctionBody(type.Parameters, body.CodeOffset, body.CodeLength);
        var locals = new ValueKind[count];
        type.Parameters.CopyTo(locals);
        int next = type.Parameters.Length;
        foreach (LocalRun run in body.Locals)
        {
            locals.AsSpan(next, (int)run.Count).Fill(run.Kind);
            next += (int)run.Count;
        }

        return new FunctionBody(
            ImmutableCollectionsMarshal.AsImmutableArray(locals), body.CodeOffset, body.CodeLength);
    }

    private static void CheckLimit(int offset, string what, long found, int limit, string limitName)
    {
        if (found > limit) throw WasmFormatException.OverLimit(offset, what, (ulong)found, limit, limitName);
    }
}
