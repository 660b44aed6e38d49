namespace Interstice.Benchmarks;

/// <summary>The transfer job in plain C#.</summary>
internal interface INativeBank
{
    /// <summary>Bytes of log of one transfer.</summary>
    int BytesPerTransfer { get; }

    /// <summary>Applies one transfer and writes its record.</summary>
    /// <param name="from">Account that pays.</param>
    /// <param name="to">Account that is paid.</param>
    /// <param name="amount">How much.</param>
    /// <param name="record">Takes the record: <see cref="BytesPerTransfer"/> bytes.</param>
    void Transfer(ulong from, ulong to, long amount, Span<byte> record);
}
