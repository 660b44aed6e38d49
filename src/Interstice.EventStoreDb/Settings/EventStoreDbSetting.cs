namespace Interstice.EventStoreDb.Settings;

/// <summary>One setting of the store that people can choose, with all of its names. The page docs/settings.md shows the same.</summary>
/// <param name="Name">Its name in the section <c>Interstice:EventStoreDb</c>.</param>
/// <param name="Option">Its option on the command line.</param>
/// <param name="Unit">What a number counts.</param>
/// <param name="Default">Its value where nothing is said.</param>
/// <param name="Range">What its value may be.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Set">Sets it; gives null for a text that is no value of it.</param>
public sealed record EventStoreDbSetting(
    string Name,
    string Option,
    string Unit,
    string Default,
    string Range,
    string Meaning,
    Func<EventStoreDbOptions, string, EventStoreDbOptions?> Set)
{
    /// <summary>Its environment variable.</summary>
    public string Variable => "INTERSTICE_" + Option[2..].Replace('-', '_').ToUpperInvariant();
}
