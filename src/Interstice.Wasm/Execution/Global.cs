using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Execution;

/// <summary>A global that host and instances can share.</summary>
/// <remarks>Emitted code reads and writes <see cref="Bits"/> or <see cref="Reference"/> directly.</remarks>
public sealed class Global : External
{
    /// <summary>The bits of a number, in the low bytes.</summary>
    internal long Bits;

    /// <summary>A reference.</summary>
    internal object? Reference;

    private long _imageBits;
    private object? _imageReference;
    private bool _hasImage;

    /// <summary>Makes a global.</summary>
    /// <param name="value">Its first value, which sets its kind.</param>
    /// <param name="isMutable">Whether it can be written.</param>
    public Global(Value value, bool isMutable)
    {
        ValueKind = value.Kind;
        IsMutable = isMutable;
        Store(value);
    }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Global;

    /// <summary>Kind of its value.</summary>
    public ValueKind ValueKind { get; }

    /// <summary>Whether it can be written.</summary>
    public bool IsMutable { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">On writing: it is immutable, or the value is of another
    /// kind.</exception>
    public Value Value
    {
        get => ValueKind is ValueKind.FuncRef or ValueKind.ExternRef
            ? Value.FromReference(ValueKind, Reference)
            : Value.FromBits(ValueKind, (ulong)Bits);
        set
        {
            if (!IsMutable) throw new InvalidOperationException("the global is immutable");
            if (value.Kind != ValueKind)
            {
                throw new InvalidOperationException($"the global is {ValueKind}, not {value.Kind}");
            }

            Store(value);
        }
    }

    internal override string Describe() =>
        $"{(IsMutable ? "mutable" : "immutable")} global of {ValueKind.ToString().ToLowerInvariant()}";

    /// <summary>Remembers the value.</summary>
    internal void CaptureImage() => (_imageBits, _imageReference, _hasImage) = (Bits, Reference, true);

    /// <summary>Sets the value back to the remembered one.</summary>
    internal void RestoreImage()
    {
        if (_hasImage) (Bits, Reference) = (_imageBits, _imageReference);
    }

    private void Store(Value value) => (Bits, Reference) = ((long)value.Bits, value.Reference);
}
