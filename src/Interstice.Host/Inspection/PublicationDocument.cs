using System.Text.Json;
using Interstice.Kernel.Events;
using Interstice.Kernel.Values;

namespace Interstice.Host.Inspection;

/// <summary>A publication in the list of modules, as the stable object of docs/cli.md.</summary>
public static class PublicationDocument
{
    /// <summary>Writes the object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="publication">The publication.</param>
    /// <param name="last">Last revision of the module's stream.</param>
    public static void Write(Utf8JsonWriter json, Publication publication, Revision last)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(publication);
        json.WriteStartObject();
        WriteMembers(json, publication, last);
        json.WriteEndObject();
    }

    /// <summary>Writes the members of the object into one that is begun.</summary>
    /// <param name="json">Takes them.</param>
    /// <param name="publication">The publication.</param>
    /// <param name="last">Last revision of the module's stream.</param>
    public static void WriteMembers(Utf8JsonWriter json, Publication publication, Revision last)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(publication);
        json.WriteString("module", publication.Module);
        json.WriteNumber("version", publication.Published.Version);
        json.WriteString("declaredName", publication.Schema.Name);
        json.WriteString("declaredVersion", publication.Schema.Version);
        json.WriteNumber("abi", publication.Published.Abi);
        json.WriteNumber("events", last.Value + 1);
        json.WriteNumber("tables", publication.Schema.Tables.Length);
        json.WriteNumber("reducers", publication.Schema.Reducers.Length);
        json.WriteNumber("queries", publication.Schema.Queries.Length);
        json.WriteString("publishedAt", TimestampText.Format(publication.Published.TimeUs));
        json.WriteNumber("publishedRevision", publication.Revision.Value);
        json.WriteString("publisher", publication.Published.Publisher.ToString());
        json.WriteString("codeHash", publication.Published.Code.ToString());
        json.WriteNumber("codeBytes", publication.Published.CodeBytes);
    }
}
