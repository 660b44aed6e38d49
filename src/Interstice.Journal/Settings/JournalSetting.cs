namespace Interstice.Journal.Settings;

/// <summary>One setting of a journal that people can choose, with all of its names. The page docs/settings.md shows the same.</summary>
/// <param name="Name">Its name in <see cref="JournalOptions"/> and in the section of appsettings.json.</param>
/// <param name="Option">Its option on the command line.</param>
/// <param name="Unit">What a number counts.</param>
/// <param name="Default">Its value where nothing is said.</param>
/// <param name="Range">What it may be.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Set">Sets it to a text; null when the text is no such value at all.</param>
public sealed record JournalSetting(
    string Name,
    string Option,
    string Unit,
    string Default,
    string Range,
    string Meaning,
    Func<JournalOptions, string, JournalOptions?> Set)
{
    private const string VariablePrefix = "INTERSTICE_JOURNAL";

    /// <summary>Its environment variable: <c>INTERSTICE_JOURNAL_</c> and the name in capitals.</summary>
    public string Variable => VariablePrefix + string.Concat(
        Name.Select(letter => char.IsUpper(letter) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));
}
