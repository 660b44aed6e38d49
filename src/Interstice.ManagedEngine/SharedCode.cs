using Interstice.Kernel.Events;
using Interstice.Wasm.Binary;
using Interstice.Wasm.Compilation;

namespace Interstice.ManagedEngine;

/// <summary>A binary that is decoded, validated and compiled once for all that load it. Thread-safe.</summary>
/// <remarks>The first instance sets a thread going that makes machine code of the whole module, so that first calls need not
/// wait for it; a call that comes before compiles what it needs by itself.</remarks>
internal sealed class SharedCode : IDisposable
{
    private readonly Lazy<WasmModule> _module;
    private readonly Lazy<CompiledModule> _compiled;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _ended;
    private readonly TaskCompletionSource<PreparationEnd> _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isPreparing;

    public SharedCode(CodeHash hash, ReadOnlyMemory<byte> binary)
    {
        Hash = hash;
        _ended = _ending.Token;
        _module = new Lazy<WasmModule>(() => WasmModule.Load(binary));
        _compiled = new Lazy<CompiledModule>(() => CompiledModule.Compile(_module.Value));
    }

    public CodeHash Hash { get; }

    /// <summary>How many hold it; <see cref="CodeCache"/> counts.</summary>
    public int Users { get; set; }

    /// <summary>The module; decodes and validates at the first use.</summary>
    /// <exception cref="WasmFormatException">The binary is refused, every time.</exception>
    public WasmModule Module => _module.Value;

    /// <summary>The code; compiles at the first use.</summary>
    public CompiledModule Compiled => _compiled.Value;

    /// <summary>Ends with the preparation.</summary>
    public Task<PreparationEnd> Preparation => _prepared.Task;

    /// <summary>Makes machine code in the background, once.</summary>
    public void Prepare()
    {
        if (Interlocked.Exchange(ref _isPreparing, 1) != 0) return;
        var thread = new Thread(PrepareAll)
        {
            IsBackground = true,
            Priority = ThreadPriority.BelowNormal,
            Name = $"prepare {Hash.ToString()[..12]}",
        };
        thread.Start();
    }

    /// <summary>Stops the preparation and forbids further instances.</summary>
    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
        if (_compiled.IsValueCreated) _compiled.Value.Dispose();
    }

    private void PrepareAll()
    {
        PreparationEnd end;
        try
        {
            Compiled.Prepare(_ended);
            end = _ended.IsCancellationRequested ? new PreparationEnd.Stopped() : new PreparationEnd.Complete();
        }
        catch (Exception fault)
        {
            // Nothing is lost: whoever calls that function compiles it again and is told the same.
            end = new PreparationEnd.Failed(fault);
        }

        _prepared.SetResult(end);
    }
}
