using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Interstice.Benchmarks.Peers;

/// <summary>One connection that speaks RESP 2: commands as arrays of strings, written together, then their answers.</summary>
internal sealed class RedisClient : IPeerClient
{
    private static readonly byte[] Amount = "1"u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _script;
    private readonly byte[] _answers = new byte[64 * 1024];
    private byte[] _request = new byte[64 * 1024];
    private int _length;
    private int _from;
    private int _to;

    /// <summary>Connects.</summary>
    /// <param name="path">The server's socket.</param>
    /// <param name="script">Digest of the transfer script; empty if none was loaded.</param>
    public RedisClient(string path, byte[] script)
    {
        _script = script;
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one command and gives its answer, a string.</summary>
    /// <exception cref="RedisException">It is an error.</exception>
    public byte[] Ask(params string[] command)
    {
        Begin(command.Length);
        foreach (string part in command) Add(Encoding.UTF8.GetBytes(part));
        Send();
        return ReadAnswer();
    }

    /// <summary>Sends one command and gives its answer, a number.</summary>
    public long AskNumber(params string[] command) =>
        long.Parse(Ask(command), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public void Append(ReadOnlyMemory<byte> payload, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Begin(5);
            Add("XADD"u8);
            Add("events"u8);
            Add("*"u8);
            Add("p"u8);
            Add(payload.Span);
        }

        Send();
        for (int i = 0; i < count; i++) ReadAnswer();
    }

    public void Transfer(ReadOnlySpan<(ulong From, ulong To)> pairs)
    {
        Span<byte> key = stackalloc byte[24];
        foreach ((ulong from, ulong to) in pairs)
        {
            Begin(6);
            Add("EVALSHA"u8);
            Add(_script);
            Add("2"u8);
            Add(KeyOf(key, from));
            Add(KeyOf(key, to));
            Add(Amount);
        }

        Send();
        for (int i = 0; i < pairs.Length; i++) ReadAnswer();
    }

    /// <summary>Sets the balances of accounts 1 to <paramref name="count"/>.</summary>
    public void OpenAccounts(int count, long balance)
    {
        const int Together = 1000;
        Span<byte> key = stackalloc byte[24];
        byte[] value = Encoding.ASCII.GetBytes(balance.ToString(CultureInfo.InvariantCulture));
        for (int i = 1; i <= count;)
        {
            int sent = 0;
            for (; sent < Together && i <= count; sent++, i++)
            {
                Begin(3);
                Add("SET"u8);
                Add(KeyOf(key, (ulong)i));
                Add(value);
            }

            Send();
            for (; sent > 0; sent--) ReadAnswer();
        }
    }

    public void Dispose() => _socket.Dispose();

    private static Span<byte> KeyOf(Span<byte> key, ulong account)
    {
        "a:"u8.CopyTo(key);
        Utf8Formatter.TryFormat(account, key[2..], out int digits);
        return key[..(2 + digits)];
    }

    private void Begin(int parts) => AddHead((byte)'*', parts);

    private void Add(ReadOnlySpan<byte> part)
    {
        AddHead((byte)'$', part.Length);
        Reserve(part.Length + 2);
        part.CopyTo(_request.AsSpan(_length));
        _length += part.Length;
        _request[_length++] = (byte)'\r';
        _request[_length++] = (byte)'\n';
    }

    private void AddHead(byte kind, int number)
    {
        Reserve(16);
        _request[_length++] = kind;
        Utf8Formatter.TryFormat(number, _request.AsSpan(_length), out int digits);
        _length += digits;
        _request[_length++] = (byte)'\r';
        _request[_length++] = (byte)'\n';
    }

    private void Reserve(int bytes)
    {
        if (_request.Length - _length < bytes) Array.Resize(ref _request, 2 * (_length + bytes));
    }

    private void Send()
    {
        for (int sent = 0; sent < _length;) sent += _socket.Send(_request.AsSpan(sent, _length - sent));
        _length = 0;
    }

    // One that is not an array: a line, or a head with a length and that many bytes.
    private byte[] ReadAnswer()
    {
        byte kind = ReadByte();
        byte[] line = ReadLine();
        if (kind == '-') throw new RedisException(Encoding.UTF8.GetString(line));
        if (kind != '$') return line;
        byte[] value = new byte[int.Parse(line, CultureInfo.InvariantCulture)];
        for (int i = 0; i < value.Length; i++) value[i] = ReadByte();
        ReadLine();
        return value;
    }

    private byte[] ReadLine()
    {
        Span<byte> line = stackalloc byte[512];
        int length = 0;
        for (byte next = ReadByte(); next != '\n'; next = ReadByte())
            if (next != '\r' && length < line.Length) line[length++] = next;
        return line[..length].ToArray();
    }

    private byte ReadByte()
    {
        if (_from == _to)
        {
            _from = 0;
            _to = _socket.Receive(_answers);
            if (_to == 0) throw new IOException("Redis closed the connection");
        }

        return _answers[_from++];
    }
}
