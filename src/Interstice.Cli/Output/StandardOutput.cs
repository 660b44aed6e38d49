using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Interstice.Cli.Output;

/// <summary>Standard output: buffered, UTF-8, and aware of a reader that has gone.</summary>
/// <remarks>When the reader of a pipe has gone (<c>| head</c>), everything further is dropped and
/// <see cref="IsClosed"/> says so; whoever writes a long list looks at it and stops.</remarks>
internal sealed class StandardOutput : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _length;
    private IAnsiConsole? _console;

    /// <summary>Opens standard output.</summary>
    public StandardOutput()
    {
        IsTerminal = !Console.IsOutputRedirected;
        _stream = Open();
    }

    /// <summary>Whether a person is looking: colours, boxes.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether the reader has gone.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Draws tables and colours on a terminal.</summary>
    public IAnsiConsole Ansi => _console ??= AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Out),
    });

    /// <summary>Writes bytes of UTF-8.</summary>
    public void Write(ReadOnlySpan<byte> utf8)
    {
        if (IsClosed) return;
        if (utf8.Length > BufferBytes - _length) Flush();
        if (utf8.Length > BufferBytes)
        {
            WriteThrough(utf8);
            return;
        }

        utf8.CopyTo(_buffer.AsSpan(_length));
        _length += utf8.Length;
    }

    /// <summary>Writes text.</summary>
    public void Write(string text)
    {
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > BufferBytes)
        {
            Write(Encoding.UTF8.GetBytes(text));
            return;
        }

        if (IsClosed) return;
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > BufferBytes - _length) Flush();
        _length += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(_length));
    }

    /// <summary>Writes a line; on a terminal at once.</summary>
    public void WriteLine(string text = "")
    {
        Write(text);
        Write("\n"u8);
        if (IsTerminal) Flush();
    }

    /// <summary>Hands on what is buffered.</summary>
    public void Flush()
    {
        if (_length == 0) return;
        WriteThrough(_buffer.AsSpan(0, _length));
        _length = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _stream.Dispose();
    }

    // The console's own stream hides that the reader of a pipe has gone, and a file stream writes a redirected file at
    // an
    // offset of its own: each is used where the other is wrong.
    private static Stream Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.OpenStandardOutput();
        var direct = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!direct.CanSeek) return direct;
        direct.Dispose();
        return Console.OpenStandardOutput();
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed) return;
        try
        {
            _stream.Write(bytes);
            _stream.Flush();
        }
        catch (IOException)
        {
            IsClosed = true;
        }
    }
}
