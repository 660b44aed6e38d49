using System.Buffers.Binary;
using System.Text;
using Interstice.Kernel.Events;

namespace Interstice.Host.Tests.Tables;

/// <summary>What the module <c>script</c> is told to do, in the format of tests/modules/plain/script.wat.</summary>
internal sealed class Script : IDisposable
{
    private readonly PayloadWriter _bytes = new();

    /// <summary>Number of steps.</summary>
    public int Count { get; private set; }

    public Script Insert(string table, byte[] row) => Add(1, table, x: row);

    public Script Update(string table, byte[] row) => Add(2, table, x: row);

    public Script Delete(string table, byte[] key) => Add(3, table, x: key);

    public Script Get(string table, byte[] key, string index = "") => Add(4, table, index, key);

    public Script Scan(string table, string index = "", byte[]? lower = null, byte[]? upper = null, int flags = 0) =>
        Add(5, table, index, lower, upper, flags);

    public Script CountRows(string table) => Add(6, table);

    public Script Emit(string name, byte[] payload) => Add(7, name, x: payload);

    public Script Fail(string text) => Add(8, "", x: Encoding.UTF8.GetBytes(text));

    public Script Open(string table, string index = "", byte[]? lower = null, byte[]? upper = null, int flags = 0) =>
        Add(10, table, index, lower, upper, flags);

    public Script Next(int iterator, int capacity) => Add(11, "", a: iterator, b: capacity);

    public Script Close(int iterator) => Add(12, "", a: iterator);

    /// <summary>Calls a reducer of another module; where it says no, the script goes on or fails with the same text.</summary>
    public Script Call(string module, string reducer, byte[] arguments, bool isCaught) =>
        Add(13, module, reducer, arguments, a: isCaught ? 1 : 0);

    public Script Schedule(string reducer, byte[] arguments, long dueUs, long intervalUs, bool firesEach) => Add(
        14, reducer, x: arguments, y: [.. BitConverter.GetBytes(dueUs), .. BitConverter.GetBytes(intervalUs)], a: firesEach ? 1 : 0);

    public Script Cancel(ulong timer) => Add(15, "", x: BitConverter.GetBytes(timer));

    /// <summary>Asks for the time, the caller and the calling module.</summary>
    public Script Context() => Add(16, "");

    /// <summary>Asks what fires.</summary>
    public Script Firing() => Add(17, "");

    public Script Trap() => Add(9, "");

    /// <summary>The argument of <c>run</c> and <c>ask</c> in the canonical encoding.</summary>
    public byte[] ToArguments()
    {
        byte[] arguments = new byte[4 + _bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(arguments, _bytes.Length);
        _bytes.Written.CopyTo(arguments.AsSpan(4));
        return arguments;
    }

    public void Dispose() => _bytes.Dispose();

    private Script Add(
        byte operation, string name, string index = "", byte[]? x = null, byte[]? y = null, int a = 0, int b = 0)
    {
        _bytes.Byte(operation);
        _bytes.Int32(a);
        _bytes.Int32(b);
        foreach (byte[] field in new[] { Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(index), x ?? [], y ?? [] })
            _bytes.Bytes(field);
        Count++;
        return this;
    }

    /// <summary>What one step gave.</summary>
    /// <param name="Value">The number that the host call returned.</param>
    /// <param name="Content">The row, the rows with their lengths, or the text of a result below zero.</param>
    public sealed record Answer(int Value, byte[] Content)
    {
        public string Text => Encoding.UTF8.GetString(Content);

        /// <summary>The rows of a scan.</summary>
        public IReadOnlyList<byte[]> Rows
        {
            get
            {
                List<byte[]> rows = [];
                for (int at = 0; at < Content.Length; at += 4 + rows[^1].Length)
                    rows.Add(Content.AsSpan(at + 4, BinaryPrimitives.ReadInt32LittleEndian(Content.AsSpan(at))).ToArray());
                return rows;
            }
        }

        /// <summary>Takes a return value of the module apart.</summary>
        public static IReadOnlyList<Answer> ReadAll(ReadOnlySpan<byte> value)
        {
            List<Answer> answers = [];
            for (ReadOnlySpan<byte> rest = value[4..]; !rest.IsEmpty;)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
                answers.Add(new(BinaryPrimitives.ReadInt32LittleEndian(rest), rest.Slice(8, length).ToArray()));
                rest = rest[(8 + length)..];
            }

            return answers;
        }
    }
}
