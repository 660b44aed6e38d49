using Interstice.Host.Following;
using Interstice.Kernel.Events;
using Interstice.Kernel.Schema;

namespace Interstice.Host.Modules;

/// <summary>Gets the build of a publication out of the store.</summary>
/// <param name="store">The store.</param>
/// <param name="engine">Loads the code.</param>
internal sealed class BuildLoader(IEventStore store, IModuleEngine engine)
{
    private readonly CodeStore _code = new(store);

    /// <summary>Reads a build's code, checks it, and loads it.</summary>
    /// <param name="published">The publication.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="EventStoreException">The store failed.</exception>
    public async Task<BuildSearch> FindAsync(ModulePublished published, CancellationToken cancellationToken)
    {
        try
        {
            byte[] binary = await _code.ReadAsync(published, cancellationToken).ConfigureAwait(false);
            var schema = ModuleSchema.Parse(published.Schema.Span);
            IModuleCode code = engine.Load(binary);
            return new BuildSearch.Found(new(binary, published.Code, code, schema, published.ChunkCount, published.Publisher));
        }
        catch (ModuleRefusedException refusal)
        {
            return new BuildSearch.Refused(refusal.Message);
        }
        catch (SchemaException fault)
        {
            return new BuildSearch.Refused(fault.Message);
        }
    }
}
