using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Interstice.Benchmarks;

/// <summary>The transfer job as the host does it, by hand: the rows of both tables with all their columns, the three secondary
/// indexes, and a log record of as many bytes as the host writes, with the rows before and after and a checksum. No sandbox, no
/// undo, no hashes.</summary>
internal sealed class NativeTablesBank : INativeBank
{
    private const int ChecksumBytes = sizeof(uint);

    private readonly Dictionary<ulong, Account> _accounts = [];
    private readonly Dictionary<string, List<ulong>> _accountsByOwner = [];
    private readonly List<Row> _transfers = [];
    private readonly Dictionary<ulong, List<int>> _transfersBySender = [];
    private readonly Dictionary<ulong, List<int>> _transfersByReceiver = [];
    private readonly byte[] _call;

    /// <summary>Opens the accounts.</summary>
    /// <param name="accounts">How many, numbered from 1.</param>
    /// <param name="bytesPerTransfer">Bytes of log of one transfer.</param>
    public NativeTablesBank(int accounts, int bytesPerTransfer)
    {
        BytesPerTransfer = bytesPerTransfer;
        _call = new byte[bytesPerTransfer];
        new Random(1).NextBytes(_call);
        for (ulong id = 1; id <= (ulong)accounts; id++)
        {
            string owner = $"owner {id}";
            _accounts[id] = new Account(id, Encoding.UTF8.GetBytes(owner), NowUs()) { Balance = BankHost.InitialBalance };
            _accountsByOwner[owner] = [id];
        }
    }

    public int BytesPerTransfer { get; }

    public void Transfer(ulong from, ulong to, long amount, Span<byte> record)
    {
        Account payer = _accounts[from];
        Account payee = _accounts[to];
        if (payer.Balance < amount) throw new InvalidOperationException("insufficient funds");
        Span<byte> rest = record[ChecksumBytes..];
        rest = payer.Write(rest);
        payer.Balance -= amount;
        rest = payer.Write(rest);
        rest = payee.Write(rest);
        payee.Balance += amount;
        rest = payee.Write(rest);
        var row = new Row((ulong)_transfers.Count + 1, from, to, amount, NowUs());
        rest = row.Write(rest);
        Enter(_transfersBySender, from, _transfers.Count);
        Enter(_transfersByReceiver, to, _transfers.Count);
        _transfers.Add(row);

        // Stands for what a record says of the call.
        _call.AsSpan(0, rest.Length).CopyTo(rest);
        BinaryPrimitives.WriteUInt32LittleEndian(record, NativeBank.Checksum(record[ChecksumBytes..]));
    }

    // Transfers come in the order of their numbers, so that each list is sorted by (account, number).
    private static void Enter(Dictionary<ulong, List<int>> index, ulong account, int transfer)
    {
        ref List<int>? entries = ref CollectionsMarshal.GetValueRefOrAddDefault(index, account, out _);
        (entries ??= []).Add(transfer);
    }

    private static long NowUs() => TimeProvider.System.GetUtcNow().UtcTicks / TimeSpan.TicksPerMicrosecond;

    private sealed class Account(ulong id, byte[] owner, long openedAt)
    {
        public long Balance { get; set; }

        public Span<byte> Write(Span<byte> destination)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, id);
            BinaryPrimitives.WriteInt32LittleEndian(destination[8..], owner.Length);
            owner.CopyTo(destination[12..]);
            destination = destination[(12 + owner.Length)..];
            BinaryPrimitives.WriteInt64LittleEndian(destination, Balance);
            BinaryPrimitives.WriteInt64LittleEndian(destination[8..], openedAt);
            return destination[16..];
        }
    }

    private readonly record struct Row(ulong Id, ulong From, ulong To, long Amount, long At)
    {
        public Span<byte> Write(Span<byte> destination)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, Id);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], From);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], To);
            BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Amount);
            BinaryPrimitives.WriteInt64LittleEndian(destination[32..], At);
            return destination[40..];
        }
    }
}
