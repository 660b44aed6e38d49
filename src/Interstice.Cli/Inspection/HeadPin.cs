using System.Globalization;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Inspection;

/// <summary>A value of a module's hash chain that somebody kept outside of the store: <c>MODULE=HASH</c> for the end of the
/// chain, <c>MODULE@REVISION=HASH</c> for the link that ends at a revision.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">The revision; null for the last one.</param>
/// <param name="Value">The value.</param>
internal sealed record HeadPin(string Module, Revision? Revision, ChainValue Value)
{
    /// <summary>How it is written.</summary>
    public const string Form = "MODULE=HASH or MODULE@REVISION=HASH, HASH being 64 hexadecimal digits";

    /// <summary>Reads a pin.</summary>
    /// <returns>Null when the text is none.</returns>
    public static HeadPin? Parse(string text)
    {
        string[] sides = text.Split('=');
        if (sides.Length != 2 || !ChainValue.TryParse(sides[1], out ChainValue value)) return null;
        string[] place = sides[0].Split('@');
        if (place[0].Length == 0 || place.Length > 2) return null;
        if (place.Length == 1) return new(place[0], null, value);
        return long.TryParse(place[1], NumberStyles.None, CultureInfo.InvariantCulture, out long revision)
            ? new(place[0], new Revision(revision), value)
            : null;
    }

    /// <summary>What the chain should have had where this value was kept, and what it has.</summary>
    /// <param name="chain">The chain of the module's stream; null without one.</param>
    /// <returns>What was found instead; null when the value is there.</returns>
    public string? FindOther(Host.Replay.ChainCheck? chain)
    {
        if (chain is null) return "no events of the module";
        ChainValue? found = Revision is { } revision ? chain.ValueAt(revision) : chain.IsWhole ? chain.Head : null;
        if (found == Value) return null;
        if (found is not null) return found.ToString();
        if (!chain.IsWhole) return "no value: the chain does not fit before";
        return Revision > chain.Revision
            ? $"the end of the chain at revision {chain.Revision}"
            : "no transaction that ends there";
    }

    /// <summary>The place in words.</summary>
    public string Place => Revision is { } revision ? $"{Module} at revision {revision}" : $"{Module} at its end";
}
