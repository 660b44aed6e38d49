namespace EventStore.Client;

/// <summary>Who may do what with a stream. Null for what the server's defaults say.</summary>
public sealed class StreamAcl
{
    /// <summary>Makes one of single roles.</summary>
    public StreamAcl(
        string? readRole = null, string? writeRole = null, string? deleteRole = null, string? metaReadRole = null, string? metaWriteRole = null)
        : this(One(readRole), One(writeRole), One(deleteRole), One(metaReadRole), One(metaWriteRole))
    {
    }

    /// <summary>Makes one.</summary>
    public StreamAcl(
        string[]? readRoles = null,
        string[]? writeRoles = null,
        string[]? deleteRoles = null,
        string[]? metaReadRoles = null,
        string[]? metaWriteRoles = null)
    {
        ReadRoles = readRoles;
        WriteRoles = writeRoles;
        DeleteRoles = deleteRoles;
        MetaReadRoles = metaReadRoles;
        MetaWriteRoles = metaWriteRoles;
    }

    /// <summary>Who may read.</summary>
    public string[]? ReadRoles { get; }

    /// <summary>Who may append.</summary>
    public string[]? WriteRoles { get; }

    /// <summary>Who may delete.</summary>
    public string[]? DeleteRoles { get; }

    /// <summary>Who may read settings.</summary>
    public string[]? MetaReadRoles { get; }

    /// <summary>Who may set settings.</summary>
    public string[]? MetaWriteRoles { get; }

    private static string[]? One(string? role) => role is null ? null : [role];
}
