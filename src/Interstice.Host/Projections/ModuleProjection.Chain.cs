using Interstice.Kernel.Events;

namespace Interstice.Host.Projections;

/// <summary>The stream's hash chain: checked where events are replayed, continued where they are written.</summary>
/// <remarks>Replay hashes every link if it compares every hash. Otherwise it takes recorded values over and hashes the last
/// link only: log-verify and replay-check look at all of them. Links without a value, from before the chain, are always
/// hashed, because the first value after them covers them.</remarks>
public sealed partial class ModuleProjection
{
    private readonly EventChain _links;
    private ChainValue? _linkValue;
    private bool _hasUncheckedLink;

    /// <summary>Value of the stream's hash chain at <see cref="Revision"/>. Of a module that takes calls, what was applied and not
    /// sent yet is hashed first.</summary>
    public ChainValue Chain => LiveChain?.Invoke() ?? _links.Value;

    /// <summary>Whether a link that was replayed recorded a value; then every later one must.</summary>
    public bool IsChained { get; private set; }

    /// <summary>Continues the chain with what is written live: behind <see cref="Revision"/> until a batch is sent.</summary>
    internal EventChain Links => _links;

    /// <summary>Hashes what was applied live and gives the value after it. Set by the loop that writes; null in replay.</summary>
    internal Func<ChainValue>? LiveChain { get; set; }

    private void BeginLink(in RecordedEvent recorded, ChainValue? value)
    {
        if (value is null && IsChained)
            throw Damage(recorded, ReplayErrorKind.Chain, "a value of the hash chain, as before", "none");
        _linkValue = value;
        _linkToRead = Revision.None;
        _links.Begin(recorded.Revision);
        _links.Add(recorded, hasValue: value is not null);
    }

    private void EndLink(in RecordedEvent recorded)
    {
        IsChained |= _linkValue is not null;
        if (_linkValue is { } value && !ComparesEveryHash)
        {
            _links.MoveTo(value);
            _hasUncheckedLink = true;
            return;
        }

        _links.End();
        if (_linkValue is { } expected && expected != _links.Value)
            throw Damage(recorded, ReplayErrorKind.Chain, $"chain value {expected}", _links.Value.ToString());
    }

    // The writer of a void transaction computed its value over events that never came into the stream.
    private void EndVoidLink(ChainValue? recorded)
    {
        IsChained |= recorded is not null;
        _links.End();
        _hasUncheckedLink = false;
    }

    private void ExpectLastLink()
    {
        if (!_hasUncheckedLink) return;
        _hasUncheckedLink = false;
        ChainValue expected = _links.Value;
        if (_links.End() == expected) return;
        throw new ReplayException(
            ReplayErrorKind.Chain, Module, Revision, "hash chain", $"chain value {expected}", _links.Value.ToString());
    }
}
