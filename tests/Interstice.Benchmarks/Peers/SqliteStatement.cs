using System.Runtime.InteropServices;

namespace Interstice.Benchmarks.Peers;

/// <summary>A prepared statement that returns no rows.</summary>
internal sealed partial class SqliteStatement(SqliteDatabase database, nint handle) : IDisposable
{
    private const int Ok = 0;
    private const int Done = 101;
    private const nint CopiesAtOnce = -1;

    public void Bind(int index, long value) => Expect("binding a number", BindNumber(handle, index, value), Ok);

    public void Bind(int index, ReadOnlySpan<byte> value) =>
        Expect("binding bytes", BindBytes(handle, index, value, value.Length, CopiesAtOnce), Ok);

    /// <summary>Runs it to its end.</summary>
    public void Run()
    {
        Expect("a statement", Step(handle), Done);
        Expect("resetting a statement", Reset(handle), Ok);
    }

    public void Dispose() => _ = Finalize(handle);

    private void Expect(string what, int result, int expected)
    {
        if (result != expected) throw database.Failed(what, result);
    }

    [LibraryImport(SqliteDatabase.Library, EntryPoint = "sqlite3_bind_int64")]
    private static partial int BindNumber(nint statement, int index, long value);

    [LibraryImport(SqliteDatabase.Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBytes(nint statement, int index, ReadOnlySpan<byte> value, int bytes, nint destructor);

    [LibraryImport(SqliteDatabase.Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(SqliteDatabase.Library, EntryPoint = "sqlite3_reset")]
    private static partial int Reset(nint statement);

    [LibraryImport(SqliteDatabase.Library, EntryPoint = "sqlite3_finalize")]
    private static partial int Finalize(nint statement);
}
