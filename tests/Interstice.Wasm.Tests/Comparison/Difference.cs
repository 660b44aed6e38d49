using Interstice.Wasm.Binary;
using Interstice.Wasm.Tests.Fuzzing;

namespace Interstice.Wasm.Tests.Comparison;

/// <summary>Something on which the engine and V8 do not agree.</summary>
/// <param name="Binary">The module.</param>
/// <param name="What">What each of them says.</param>
internal sealed record Difference(byte[] Binary, string What)
{
    /// <summary>Fails when there is one.</summary>
    public static void Refuse(Difference? found)
    {
        if (found is not null) throw new InputException(found.What, found.Binary);
    }

    /// <summary>Runs modules on both sides.</summary>
    /// <param name="v8">V8.</param>
    /// <param name="modules">The modules.</param>
    /// <param name="begin">Called before each module is run here.</param>
    /// <returns>The number of observations, of traps among them, and the first difference if there is one.</returns>
    public static (int Lines, int Traps, Difference? Found) Of(
        V8Side v8, IReadOnlyList<ComparedModule> modules, Action<byte[]> begin)
    {
        string[] expected = v8.Run(modules);
        int at = 0;
        foreach (ComparedModule module in modules)
        {
            begin(module.Module.Bytes.ToArray());
            foreach (string line in EngineSide.Run(module))
            {
                string other = at < expected.Length ? expected[at] : "nothing";
                if (line != other) return (at, 0, new Difference(module.Module.Bytes.ToArray(), $"engine: {line}, V8: {other}, {module}"));
                at++;
            }
        }

        int traps = expected.Count(line => line.StartsWith("trap", StringComparison.Ordinal));
        Difference? missing = at == expected.Length ? null : new Difference([], $"V8 went on with {expected[at]}");
        return (at, traps, missing);
    }

    /// <summary>Holds the validator against V8's.</summary>
    /// <param name="v8">V8.</param>
    /// <param name="binaries">The binaries.</param>
    /// <param name="begin">Called before each binary is loaded here.</param>
    /// <returns>How many binaries both accept, how many only V8 can, and the first difference if there is one.</returns>
    public static (int Accepted, int Newer, Difference? Found) OfValidation(
        V8Side v8, IReadOnlyList<byte[]> binaries, Action<byte[]> begin)
    {
        bool[] valid = v8.Validate(binaries);
        int accepted = 0, newer = 0;
        for (int i = 0; i < binaries.Count; i++)
        {
            begin(binaries[i]);
            WasmFormatException? refusal = Refusal(binaries[i]);
            if (refusal is null && valid[i]) accepted++;

            // What V8 knows of newer proposals, and its own limits, say nothing about the engine.
            else if (refusal?.Kind is WasmFormatErrorKind.Unsupported or WasmFormatErrorKind.LimitExceeded) newer++;
            else if (refusal is null != valid[i])
                return (accepted, newer, new Difference(binaries[i], $"engine: {refusal?.Message ?? "valid"}, V8: {(valid[i] ? "valid" : "invalid")}, {Convert.ToHexString(binaries[i])}"));
        }

        return (accepted, newer, null);
    }

    private static WasmFormatException? Refusal(byte[] binary)
    {
        try
        {
            WasmModule.Load(binary);
            return null;
        }
        catch (WasmFormatException e)
        {
            return e;
        }
    }
}
