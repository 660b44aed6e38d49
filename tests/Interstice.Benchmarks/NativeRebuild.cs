using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Interstice.Journal.Checksums;
using Interstice.Kernel.Events;

namespace Interstice.Benchmarks;

/// <summary>The replay's job by hand, for the bank's two tables alone, on one thread: reads the bytes of the same segments, verifies the checksum
/// of every frame, decodes every event of the module's stream, compares old rows, and keeps the same rows with the same three
/// indexes in the structures that come to hand. No state hash, no hash chain, no order of keys but that of insertion.</summary>
internal sealed class NativeRebuild
{
    private const int HeaderBytes = 128;
    private const int FrameHeaderBytes = 8;
    private const int PrefixBytes = 24;
    private const int IdBytes = 16;
    private const byte AppendKind = 1;

    private readonly Dictionary<ulong, Account> _accounts = [];
    private readonly Dictionary<string, List<ulong>> _byOwner = [];
    private readonly List<Transfer> _transfers = [];
    private readonly Dictionary<ulong, List<int>> _bySender = [];
    private readonly Dictionary<ulong, List<int>> _byReceiver = [];
    private byte[] _segment = [];

    private enum Kind
    {
        Other,
        Inserted,
        Updated,
        Deleted,
    }

    public int Transfers => _transfers.Count;

    public int Accounts => _accounts.Count;

    public long TotalBalance => _accounts.Values.Sum(account => account.Balance);

    /// <summary>Rebuilds the tables.</summary>
    /// <param name="directory">The journal's directory.</param>
    public void Replay(string directory)
    {
        foreach (string path in Directory.EnumerateFiles(directory, "*.segment").Order(StringComparer.Ordinal)) ReplaySegment(path);
    }

    private void ReplaySegment(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        if (_segment.Length < file.Length) _segment = GC.AllocateUninitializedArray<byte>((int)file.Length);
        Span<byte> bytes = _segment.AsSpan(0, (int)file.Length);
        file.ReadExactly(bytes);
        long number = BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]);
        uint seed = Crc32C.Continue(Crc32C.Compute(bytes.Slice(16, IdBytes)), (ulong)number);
        List<string> streams = [];
        List<Kind> types = [];
        for (int at = HeaderBytes; at + FrameHeaderBytes <= bytes.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (length == 0) break;
            ReadOnlySpan<byte> payload = bytes.Slice(at + FrameHeaderBytes, length);
            uint checksum = Crc32C.Continue(Crc32C.Continue(Crc32C.Continue(seed, (ulong)at), (ulong)length), payload);
            if (checksum != BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..])) throw new InvalidDataException("checksum");
            if (payload[0] == AppendKind) ReplayFrame(payload, streams, types);
            at += FrameHeaderBytes + length;
        }
    }

    private void ReplayFrame(ReadOnlySpan<byte> payload, List<string> streams, List<Kind> types)
    {
        int definitions = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]);
        if (definitions > 0) ReadDefinitions(payload[^definitions..], streams, types);
        ReadOnlySpan<byte> parts = payload[PrefixBytes..^definitions];
        for (int at = 0; at < parts.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(parts[at..]);
            at += sizeof(int);
            ulong code = Varint(parts, ref at);
            Varint(parts, ref at);
            int events = (int)Varint(parts, ref at);
            if (streams[(int)(code >> 1)] == StreamNames.Module(BankHost.Module).Value)
                ReplayPart(parts.Slice(at, length), events, CollectionsMarshal.AsSpan(types));
            at += length;
        }
    }

    private void ReplayPart(ReadOnlySpan<byte> part, int events, ReadOnlySpan<Kind> types)
    {
        int at = 0;
        for (; events > 0; events--)
        {
            ulong head = Varint(part, ref at);
            if ((head & 2) != 0) at += IdBytes;
            int data = (int)Varint(part, ref at);
            int metadata = (head & 4) != 0 ? (int)Varint(part, ref at) : 0;
            Kind kind = types[(int)(head >> 3)];
            if (kind != Kind.Other) Apply(kind, part.Slice(at, data));
            at += data + metadata;
        }
    }

    private void Apply(Kind kind, ReadOnlySpan<byte> payload)
    {
        payload = payload[1..];
        bool isAccount = Take(ref payload).SequenceEqual("accounts"u8);
        ReadOnlySpan<byte> first = Take(ref payload);
        if (!isAccount) Insert(MemoryMarshal.Read<Transfer>(first));
        else if (kind == Kind.Updated) UpdateAccount(first, Take(ref payload));
        else if (kind == Kind.Inserted) InsertAccount(first);
        else throw new NotSupportedException("the benchmark closes no account");
    }

    private void Insert(Transfer transfer)
    {
        int index = _transfers.Count;
        _transfers.Add(transfer);
        ListOf(_bySender, transfer.From).Add(index);
        ListOf(_byReceiver, transfer.To).Add(index);
    }

    private void InsertAccount(ReadOnlySpan<byte> row)
    {
        ulong id = BinaryPrimitives.ReadUInt64LittleEndian(row);
        ReadOnlySpan<byte> rest = row[sizeof(ulong)..];
        byte[] owner = Take(ref rest).ToArray();
        var account = new Account(owner)
        {
            Balance = BinaryPrimitives.ReadInt64LittleEndian(rest),
            OpenedAt = BinaryPrimitives.ReadInt64LittleEndian(rest[sizeof(long)..]),
        };
        if (!_accounts.TryAdd(id, account)) throw new InvalidDataException("an account is there already");
        ListOf(_byOwner, Encoding.UTF8.GetString(owner)).Add(id);
    }

    private void UpdateAccount(ReadOnlySpan<byte> oldRow, ReadOnlySpan<byte> newRow)
    {
        Account account = _accounts[BinaryPrimitives.ReadUInt64LittleEndian(oldRow)];
        ReadOnlySpan<byte> before = oldRow[sizeof(ulong)..];
        ReadOnlySpan<byte> after = newRow[sizeof(ulong)..];
        bool isSame = Take(ref before).SequenceEqual(account.Owner)
            && BinaryPrimitives.ReadInt64LittleEndian(before) == account.Balance
            && BinaryPrimitives.ReadInt64LittleEndian(before[sizeof(long)..]) == account.OpenedAt;
        if (!isSame) throw new InvalidDataException("an account is another one than the log says");
        if (!Take(ref after).SequenceEqual(account.Owner)) throw new NotSupportedException("the benchmark renames no owner");
        account.Balance = BinaryPrimitives.ReadInt64LittleEndian(after);
        account.OpenedAt = BinaryPrimitives.ReadInt64LittleEndian(after[sizeof(long)..]);
    }

    private static void ReadDefinitions(ReadOnlySpan<byte> definitions, List<string> streams, List<Kind> types)
    {
        int at = 0;
        for (ulong count = Varint(definitions, ref at); count > 0; count--) streams.Add(Name(definitions, ref at));
        for (ulong count = Varint(definitions, ref at); count > 0; count--)
        {
            types.Add(Name(definitions, ref at) switch
            {
                EventTypes.RowInserted => Kind.Inserted,
                EventTypes.RowUpdated => Kind.Updated,
                EventTypes.RowDeleted => Kind.Deleted,
                _ => Kind.Other,
            });
        }
    }

    private static string Name(ReadOnlySpan<byte> source, ref int at)
    {
        int length = (int)Varint(source, ref at);
        at += length;
        return Encoding.UTF8.GetString(source.Slice(at - length, length));
    }

    private static ulong Varint(ReadOnlySpan<byte> source, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = source[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> source)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(source);
        ReadOnlySpan<byte> taken = source.Slice(sizeof(int), length);
        source = source[(sizeof(int) + length)..];
        return taken;
    }

    private static List<TItem> ListOf<TKey, TItem>(Dictionary<TKey, List<TItem>> index, TKey key)
        where TKey : notnull
    {
        ref List<TItem>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(index, key, out _);
        return list ??= [];
    }

    /// <summary>The columns of a transfer as they stand in its row.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Transfer(ulong Id, ulong From, ulong To, long Amount, long At);

    private sealed class Account(byte[] owner)
    {
        public byte[] Owner => owner;

        public long Balance { get; set; }

        public long OpenedAt { get; set; }
    }
}
