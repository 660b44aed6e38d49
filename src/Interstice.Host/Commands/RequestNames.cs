namespace Interstice.Host.Commands;

/// <summary>What a request is about, for telemetry.</summary>
/// <param name="Module">Name of the module; null where it is not known yet, or names nothing that is there: what callers make up would be
/// kept for ever by whoever counts.</param>
/// <param name="Operation">Name of the reducer or query; null for others.</param>
internal readonly record struct RequestNames(string? Module, string? Operation)
{
    /// <summary>The names that a request gives.</summary>
    public static RequestNames Of(object request) => request switch
    {
        CallReducer call => new(call.Module, call.Reducer),
        RunQuery query => new(query.Module, query.Query),
        PublishModule publish => new(publish.Name, null),
        ReloadModule reload => new(reload.Module, null),
        _ => default,
    };
}
