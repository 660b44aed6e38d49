namespace Interstice.Kernel.Events;

/// <summary>Name of a stream: 1 to <see cref="BytesMax"/> bytes of UTF-8 without control characters.</summary>
/// <remarks>Names that begin with <c>$$</c> are the metadata streams of the store and cannot be appended to directly.</remarks>
public readonly record struct StreamName
{
    /// <summary>Longest name, in bytes of UTF-8.</summary>
    public const int BytesMax = 512;

    private readonly string? _value;

    /// <summary>Checks and wraps a name.</summary>
    /// <param name="value">The name.</param>
    /// <exception cref="ArgumentException">Empty, longer than <see cref="BytesMax"/> bytes, or with a control character or
    /// an unpaired surrogate.</exception>
    public StreamName(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (value.AsSpan().ContainsAnyInRange('\0', '\x1f'))
            throw new ArgumentException($"stream name \"{value}\" holds a control character", nameof(value));
        if (!IsWellFormed(value))
            throw new ArgumentException("stream name holds an unpaired surrogate", nameof(value));
        int bytes = System.Text.Encoding.UTF8.GetByteCount(value);
        if (bytes > BytesMax)
            throw new ArgumentException($"stream name has {bytes} bytes, at most {BytesMax} are allowed", nameof(value));
        _value = value;
    }

    /// <summary>The name.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which names no stream.</exception>
    public string Value => _value ?? throw new InvalidOperationException("an uninitialised stream name was used");

    /// <inheritdoc/>
    public override string ToString() => _value ?? "(none)";

    private static bool IsWellFormed(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i])) continue;
            if (i + 1 >= value.Length || !char.IsSurrogatePair(value[i], value[i + 1])) return false;
            i++;
        }

        return true;
    }
}
