using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Interstice.Benchmarks;

/// <summary>The transfer job without host, sandbox or tables of ours: two dictionaries and a log record with a checksum. The
/// ceiling that a host in C# is measured against.</summary>
internal sealed class NativeBank : INativeBank
{
    public const int RecordBytes = 48;

    private readonly Dictionary<ulong, long> _balances = [];
    private readonly List<(ulong From, ulong To, long Amount)> _history = [];

    public NativeBank(int accounts)
    {
        for (int i = 1; i <= accounts; i++) _balances[(ulong)i] = BankHost.InitialBalance;
    }

    public int BytesPerTransfer => RecordBytes;

    public void Transfer(ulong from, ulong to, long amount, Span<byte> record)
    {
        Apply(from, to, amount);
        BinaryPrimitives.WriteUInt64LittleEndian(record[8..], from);
        BinaryPrimitives.WriteUInt64LittleEndian(record[16..], to);
        BinaryPrimitives.WriteInt64LittleEndian(record[24..], amount);
        BinaryPrimitives.WriteInt64LittleEndian(record[32..], _history.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(record, Checksum(record[8..RecordBytes]));
    }

    /// <summary>Checks and applies the records of a log.</summary>
    public void Replay(ReadOnlySpan<byte> log)
    {
        for (; log.Length >= RecordBytes; log = log[RecordBytes..])
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(log) != Checksum(log[8..RecordBytes]))
                throw new InvalidDataException("checksum");
            Apply(
                BinaryPrimitives.ReadUInt64LittleEndian(log[8..]),
                BinaryPrimitives.ReadUInt64LittleEndian(log[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(log[24..]));
        }
    }

    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        foreach (byte last in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, last);
        return ~crc;
    }

    private void Apply(ulong from, ulong to, long amount)
    {
        ref long payer = ref CollectionsMarshal.GetValueRefOrNullRef(_balances, from);
        if (payer < amount) throw new InvalidOperationException("insufficient funds");
        payer -= amount;
        CollectionsMarshal.GetValueRefOrNullRef(_balances, to) += amount;
        _history.Add((from, to, amount));
    }
}
