using System.Text.RegularExpressions;
using Interstice.EventStoreDb.Protocol.Grpc;
using Interstice.EventStoreDb.Protocol.Messages;
using Interstice.Kernel.Events;

namespace Interstice.Server.EventStoreDb;

/// <summary>A filter of a read or subscription: prefixes are the store's work, a regular expression is done here.</summary>
internal sealed class ReadFilter
{
    private const int RegexCharactersMax = 4096;

    private readonly Regex? _regex;
    private readonly bool _isOfStreams;

    private ReadFilter(EventFilter store, Regex? regex, bool isOfStreams)
    {
        Store = store;
        _regex = regex;
        _isOfStreams = isOfStreams;
    }

    /// <summary>Every event.</summary>
    internal static ReadFilter All { get; } = new(new EventFilter.All(), null, false);

    /// <summary>What the store filters by.</summary>
    internal EventFilter Store { get; }

    /// <summary>After how many examined events a subscription tells its place; 0 for a filter without checkpoints.</summary>
    internal long CheckpointInterval { get; private init; }

    /// <summary>Whether the store alone filters.</summary>
    internal bool IsOfStore => _regex is null;

    /// <summary>Reads a filter.</summary>
    /// <exception cref="CallFailureException">It is none.</exception>
    internal static ReadFilter Of(ReadReq.Types.Options.Types.FilterOptions options, bool isSubscription, TimeSpan matchTimeout)
    {
        bool isOfStreams = options.FilterCase == ReadReq.Types.Options.Types.FilterOptions.FilterOneofCase.StreamIdentifier;
        ReadReq.Types.Options.Types.FilterOptions.Types.Expression expression = options.FilterCase switch
        {
            ReadReq.Types.Options.Types.FilterOptions.FilterOneofCase.StreamIdentifier => options.StreamIdentifier,
            ReadReq.Types.Options.Types.FilterOptions.FilterOneofCase.EventType => options.EventType,
            _ => throw CallFailureException.Invalid("the filter says neither streams nor event types"),
        };
        if (options.WindowCase == ReadReq.Types.Options.Types.FilterOptions.WindowOneofCase.None)
            throw CallFailureException.Invalid("the filter has no window");
        if (isSubscription && options.CheckpointIntervalMultiplier == 0)
            throw CallFailureException.Invalid("the filter's checkpoint interval must be 1 or more");
        long window = options.WindowCase == ReadReq.Types.Options.Types.FilterOptions.WindowOneofCase.Max ? options.Max : 1;
        if (window == 0) throw CallFailureException.Invalid("the filter's window must be 1 or more");
        long interval = window * options.CheckpointIntervalMultiplier;
        bool hasPrefixes = expression.Prefix.Count > 0;
        if (hasPrefixes == (expression.Regex.Length > 0))
            throw CallFailureException.Invalid("a filter has either prefixes or a regular expression");
        if (!hasPrefixes)
            return new ReadFilter(new EventFilter.All(), Parse(expression.Regex, matchTimeout), isOfStreams) { CheckpointInterval = interval };
        EventFilter store = expression.Prefix.Contains("") ? new EventFilter.All()
            : isOfStreams ? new EventFilter.StreamPrefix([.. expression.Prefix])
            : new EventFilter.TypePrefix([.. expression.Prefix]);
        return new ReadFilter(store, null, isOfStreams) { CheckpointInterval = interval };
    }

    /// <summary>Whether an event that the store let pass passes.</summary>
    /// <exception cref="CallFailureException">That takes too long to find out.</exception>
    internal bool Matches(in RecordedEvent recorded)
    {
        try
        {
            return _regex is null || _regex.IsMatch(_isOfStreams ? recorded.Stream.Value : recorded.Type);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new CallFailureException(
                GrpcStatusCode.ResourceExhausted,
                $"the regular expression \"{_regex}\" takes too long to match; write it without backtracking");
        }
    }

    // Matched in time that grows with the text alone where the expression allows it, else within a limit.
    private static Regex Parse(string pattern, TimeSpan matchTimeout)
    {
        if (pattern.Length > RegexCharactersMax)
            throw CallFailureException.Invalid($"a regular expression may have {RegexCharactersMax} characters");
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, matchTimeout);
        }
        catch (ArgumentException fault)
        {
            throw CallFailureException.Invalid($"the regular expression is none: {fault.Message}");
        }
    }
}
