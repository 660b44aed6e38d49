using System.Runtime.InteropServices;
using System.Text;

namespace Interstice.Benchmarks.Peers;

/// <summary>An open SQLite database through the system's C library (sqlite.org/c3ref). One thread at a time.</summary>
internal sealed partial class SqliteDatabase : IDisposable
{
    public const string Library = "libsqlite3.so.0";

    private const int Ok = 0;
    private const int OpenReadWriteCreate = 2 | 4;

    private readonly nint _handle;

    public SqliteDatabase(string path)
    {
        int result = Open(path, out _handle, OpenReadWriteCreate, 0);
        if (result != Ok) throw Failed($"opening {path}", result);
    }

    public static bool IsInstalled => NativeLibrary.TryLoad(Library, out _);

    public static string Version => TextOf(LibraryVersion());

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => ChangesOf(_handle);

    /// <summary>Runs statements that return nothing of interest.</summary>
    public void Execute(string script)
    {
        int result = Execute(_handle, script, 0, 0, 0);
        if (result != Ok) throw Failed(script, result);
    }

    public SqliteStatement Prepare(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int result = Prepare(_handle, utf8, utf8.Length, out nint statement, 0);
        if (result != Ok) throw Failed(text, result);
        return new SqliteStatement(this, statement);
    }

    public void Dispose() => _ = Close(_handle);

    /// <summary>What to throw when a call of the library did not succeed.</summary>
    public InvalidOperationException Failed(string what, int result) =>
        new($"SQLite: {what} failed with {result}: {TextOf(Message(_handle))}");

    private static string TextOf(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";

    [LibraryImport(Library, EntryPoint = "sqlite3_libversion")]
    private static partial nint LibraryVersion();

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, out nint database, int flags, nint system);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    private static partial int Close(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial nint Message(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes")]
    private static partial int ChangesOf(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(nint database, string script, nint callback, nint argument, nint message);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2")]
    private static partial int Prepare(nint database, byte[] text, int bytes, out nint statement, nint tail);
}
