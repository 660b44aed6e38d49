using System.Buffers.Binary;
using System.Text;
using Interstice.Kernel.Hashing;

namespace Interstice.Cli.Demo;

/// <summary>The bank once more, in a few lines of C#: what the tables must hold after given calls. It shares no code
/// with the module, the tables or the replay; only the hash of a row is the kernel's.</summary>
internal sealed class BankModel
{
    private const long LargeAmount = 1_000_000;

    private readonly Dictionary<ulong, Account> _accounts = [];
    private readonly List<Movement> _movements = [];

    /// <summary>All first deposits together.</summary>
    public long Deposited { get; private set; }

    /// <summary>All balances together.</summary>
    public long InAccounts => _accounts.Values.Sum(account => account.Balance);

    /// <summary>Makes a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="timeUs">What <c>now()</c> gives.</param>
    /// <returns>What the reducer returns and how many events it gives; null when it rejects.</returns>
    public (ulong Value, int Events)? Apply(BankCall call, long timeUs) => call switch
    {
        BankCall.Open open => Open(open, timeUs),
        BankCall.Transfer transfer => Transfer(transfer, timeUs),
        _ => throw new ArgumentException($"unknown call {call}", nameof(call)),
    };

    /// <summary>The state hash that tables with this content have.</summary>
    public StateHash ComputeHash()
    {
        TableSeed accounts = TableSeed.Of("accounts"), transfers = TableSeed.Of("transfers");
        StateHash hash = RowHash.ComputeCounter(accounts, (ulong)_accounts.Count)
            + RowHash.ComputeCounter(transfers, (ulong)_movements.Count);
        foreach ((ulong id, Account account) in _accounts) hash += RowHash.Compute(accounts, Encode(id, account));
        ulong number = 0;
        foreach (Movement movement in _movements) hash += RowHash.Compute(transfers, Encode(++number, movement));
        return hash;
    }

    private (ulong Value, int Events)? Open(BankCall.Open call, long timeUs)
    {
        if (call.Owner.Length == 0 || call.Initial < 0) return null;
        ulong id = (ulong)_accounts.Count + 1;
        _accounts.Add(id, new Account(call.Owner, call.Initial, timeUs));
        Deposited += call.Initial;
        return (id, call.Initial == 0 ? 1 : 1 + Record(0, id, call.Initial, timeUs));
    }

    private (ulong Value, int Events)? Transfer(BankCall.Transfer call, long timeUs)
    {
        if (call.Amount <= 0 || call.From == call.To) return null;
        if (!_accounts.TryGetValue(call.From, out Account? payer)) return null;
        if (!_accounts.TryGetValue(call.To, out Account? payee)) return null;
        if (payer.Balance < call.Amount) return null;
        _accounts[call.From] = payer with { Balance = payer.Balance - call.Amount };
        _accounts[call.To] = payee with { Balance = payee.Balance + call.Amount };
        int events = 2 + Record(call.From, call.To, call.Amount, timeUs);
        return ((ulong)_movements.Count, events);
    }

    private int Record(ulong from, ulong to, long amount, long timeUs)
    {
        _movements.Add(new Movement(from, to, amount, timeUs));
        return amount >= LargeAmount ? 2 : 1;
    }

    private static byte[] Encode(ulong id, Account account)
    {
        byte[] owner = Encoding.UTF8.GetBytes(account.Owner);
        byte[] row = new byte[sizeof(ulong) + sizeof(uint) + owner.Length + (2 * sizeof(long))];
        BinaryPrimitives.WriteUInt64LittleEndian(row, id);
        BinaryPrimitives.WriteUInt32LittleEndian(row.AsSpan(8), (uint)owner.Length);
        owner.CopyTo(row, 12);
        BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(12 + owner.Length), account.Balance);
        BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(20 + owner.Length), account.OpenedAtUs);
        return row;
    }

    private static byte[] Encode(ulong id, Movement movement)
    {
        byte[] row = new byte[5 * sizeof(long)];
        BinaryPrimitives.WriteUInt64LittleEndian(row, id);
        BinaryPrimitives.WriteUInt64LittleEndian(row.AsSpan(8), movement.From);
        BinaryPrimitives.WriteUInt64LittleEndian(row.AsSpan(16), movement.To);
        BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(24), movement.Amount);
        BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(32), movement.AtUs);
        return row;
    }

    private sealed record Account(string Owner, long Balance, long OpenedAtUs);

    private readonly record struct Movement(ulong From, ulong To, long Amount, long AtUs);
}
