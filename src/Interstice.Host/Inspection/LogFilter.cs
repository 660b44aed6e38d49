using System.Text;
using System.Text.RegularExpressions;
using Interstice.Kernel.Events;

namespace Interstice.Host.Inspection;

/// <summary>Which events of the log are wanted. Every condition given must hold.</summary>
public sealed class LogFilter : IDisposable
{
    private readonly JsonBuffer _json = new(isIndented: false);
    private byte[]? _tableUtf8;

    /// <summary>Name of the module.</summary>
    public string? Module { get; init; }

    /// <summary>Name of the table, or of the emitted event.</summary>
    public string? Table { get; init; }

    /// <summary>One of <see cref="EventDecoder.Operations"/>.</summary>
    public string? Operation { get; init; }

    /// <summary>Name of the reducer; <c>module.reducer</c> also gives the parts of the call in the modules that it called.</summary>
    public string? Reducer { get; init; }

    /// <summary>The caller's identity, or how its hexadecimal digits begin.</summary>
    public string? Caller { get; init; }

    /// <summary>First position.</summary>
    public ulong? From { get; init; }

    /// <summary>Last position.</summary>
    public ulong? To { get; init; }

    /// <summary>Earliest time, microseconds since the Unix epoch.</summary>
    public long? SinceUs { get; init; }

    /// <summary>Latest time, microseconds since the Unix epoch.</summary>
    public long? UntilUs { get; init; }

    /// <summary>Must match somewhere in the event's JSON.</summary>
    public Regex? Match { get; init; }

    /// <summary>Whether an event is wanted.</summary>
    /// <exception cref="LogMatchException">The regular expression took too long.</exception>
    public bool Accepts(LoggedEvent logged) =>
        (Module is null || logged.Module == Module)
        && (Table is null || logged.Subject == Table)
        && (Operation is null || logged.Operation == Operation)
        && (Reducer is null || (logged.Call is { } call && IsOfReducer(logged, call)))
        && (Caller is null || logged.Call?.Caller.ToString().StartsWith(Caller, StringComparison.Ordinal) == true)
        && (From is null || logged.Recorded.Position.Commit >= From)
        && (To is null || logged.Recorded.Position.Commit <= To)
        && (SinceUs is null || logged.TimeUs >= SinceUs)
        && (UntilUs is null || logged.TimeUs <= UntilUs)
        && (Match is null || IsMatch(Match, logged));

    /// <summary>Whether an event can be wanted, as far as that shows without decoding it. Most of a log is passed over by this.</summary>
    public bool MayAccept(in RecordedEvent recorded) =>
        (From is null || recorded.Position.Commit >= From)
        && (Operation is null || EventDecoder.OperationOf(recorded.Type) == Operation)
        && (Module is null || StreamNames.ModuleOf(recorded.Stream) == Module)
        && (Table is null || IsOfTable(recorded));

    /// <summary>Whether no event at this position or after it can be wanted.</summary>
    public bool EndsBefore(Position position) => To is { } last && position.Commit > last;

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private bool IsOfReducer(LoggedEvent logged, TransactionRecord call) =>
        call.Reducer == Reducer
        || (logged.Module is { } module && Reducer!.Length == module.Length + 1 + call.Reducer.Length
            && Reducer[module.Length] == '.'
            && Reducer.StartsWith(module, StringComparison.Ordinal) && Reducer.EndsWith(call.Reducer, StringComparison.Ordinal));

    private bool IsOfTable(in RecordedEvent recorded)
    {
        if (!EventTypes.IsOfTransaction(recorded.Type) || EventTypes.ChangesNothing(recorded.Type)) return false;
        _tableUtf8 ??= Encoding.UTF8.GetBytes(Table!);
        ReadOnlySpan<byte> name;
        if (recorded.Type == EventTypes.RowUpdated) RowEvent.ReadUpdate(recorded.Data.Span, out name, out _, out _);
        else RowEvent.Read(recorded.Data.Span, out name, out _);
        return name.SequenceEqual(_tableUtf8);
    }

    private bool IsMatch(Regex expression, LoggedEvent logged)
    {
        string text = Encoding.UTF8.GetString(_json.Build(json => EventDocument.Write(json, logged)).Span);
        try
        {
            return expression.IsMatch(text);
        }
        catch (RegexMatchTimeoutException fault)
        {
            throw new LogMatchException(
                $"match took more than {expression.MatchTimeout.TotalMilliseconds} ms on the event at position " +
                $"{logged.Recorded.Position}; use a simpler expression",
                fault);
        }
    }
}
