namespace EventStore.Client;

/// <summary>Which events of the whole store are wanted.</summary>
public interface IEventFilter
{
    /// <summary>Prefixes, one of which is wanted; none with a regular expression.</summary>
    PrefixFilterExpression[] Prefixes { get; }

    /// <summary>A regular expression that is wanted; none with prefixes.</summary>
    RegularFilterExpression Regex { get; }

    /// <summary>How many events the server looks at before it tells its place.</summary>
    uint? MaxSearchWindow { get; }
}
