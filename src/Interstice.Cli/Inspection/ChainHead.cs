using System.Text.Json;
using Interstice.Cli.Output;
using Interstice.Host.Replay;
using Interstice.Kernel.Events;

namespace Interstice.Cli.Inspection;

/// <summary>Where the hash chain of a module's stream ends.</summary>
/// <param name="Module">The module.</param>
/// <param name="Revision">Last event that the chain was followed to.</param>
/// <param name="Head">Its value; null where the chain could not be followed to its end.</param>
/// <param name="RecordedFrom">First revision that recorded a value; null when none did.</param>
internal sealed record ChainHead(string Module, Revision Revision, ChainValue? Head, Revision? RecordedFrom)
{
    /// <summary>Transactions up to there, void ones among them.</summary>
    public long Transactions { get; private init; }

    /// <summary>Transactions up to there that changed nothing.</summary>
    public long VoidTransactions { get; private init; }

    /// <summary>Changes of ownership up to there.</summary>
    public long Ownerships { get; private init; }

    /// <summary>Epoch of the last of them; 0 without one.</summary>
    public ulong Epoch { get; private init; }

    /// <summary>Takes over what a check found.</summary>
    public static ChainHead Of(string module, ChainCheck check) =>
        new(module, check.Revision, check.IsWhole ? check.Head : null, check.RecordedFrom)
        {
            Transactions = check.Transactions,
            VoidTransactions = check.VoidTransactions,
            Ownerships = check.Ownerships,
            Epoch = check.Epoch,
        };

    /// <summary>Writes the stable object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("module", Module);
        json.WriteNumber("revision", Revision.Value);
        json.WriteString("head", Head?.ToString());
        if (RecordedFrom is { } from) json.WriteNumber("recordedFrom", from.Value);
        else json.WriteNull("recordedFrom");
        json.WriteNumber("transactions", Transactions);
        json.WriteNumber("voidTransactions", VoidTransactions);
        json.WriteNumber("ownerships", Ownerships);
        json.WriteNumber("epoch", Epoch);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Head is not { } head) return $"{Module}: the hash chain could be followed to revision {Revision} only";
        string text = $"{Module}: chain {head} at revision {Revision}";
        if (Ownerships > 0) text += $", epoch {Epoch} after {Count.Of(Ownerships, "change")} of ownership";
        if (VoidTransactions > 0) text += $", {Count.Of(VoidTransactions, "void transaction")}";
        if (RecordedFrom is not { } from) return text + ", no value recorded: written before the hash chain";
        return from > Revision.First ? text + $", values recorded from revision {from} on" : text;
    }
}
