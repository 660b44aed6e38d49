using System.Buffers.Binary;
using System.Text;
using Interstice.Journal.Checksums;
using Interstice.TestKit.Journals;

namespace Interstice.Journal.Tests.Repair;

/// <summary>A store of six segments and three streams, closed, and ways to damage it.</summary>
internal static class Damages
{
    public const int HeaderBytes = 128;

    public static readonly string[] All =
    [
        "bit", "bit in the last segment", "missing segment", "missing first segment", "two missing segments", "truncated segment",
        "empty segment", "footer", "header", "seal", "padding", "foreign segment", "swapped segments", "store file", "no store file",
        "zeroed middle", "everything after the header", "frame of another history",
    ];

    /// <summary>Those that lose no event.</summary>
    public static readonly string[] WithoutLoss = ["footer", "header", "seal", "padding", "store file", "no store file"];

    public static async Task<MemoryFiles> StoreAsync()
    {
        MemoryFiles files = new();
        await using JournalStore store = await Stores.OpenAsync(files);
        Interstice.Kernel.Events.StreamName[] others = [new("other"), new("third")];
        for (int i = 0; Stores.Segments(files).Count < 6 || i % 7 != 0; i++)
        {
            await Stores.AppendAsync(store, $"{i}", padding: 30 + i % 50);
            Interstice.Kernel.Events.StreamAppend[] both =
            [
                .. others.Take(1 + i % 2).Select(name => new Interstice.Kernel.Events.StreamAppend(
                    name, Interstice.Kernel.Events.ExpectedRevision.Any, new[] { Stores.Event($"{name} {i}") })),
            ];
            await store.AppendAsync(both);
        }

        return files;
    }

    /// <summary>Damages a copy.</summary>
    public static MemoryFiles Apply(MemoryFiles whole, string kind)
    {
        MemoryFiles files = whole.Copy();
        List<string> names = Stores.Segments(files);
        byte[] third = files.Read(names[2]);
        switch (kind)
        {
            case "bit":
                third[third.Length / 3] ^= 4;
                files.Replace(names[2], third);
                break;
            case "bit in the last segment":
                byte[] last = files.Read(names[^1]);
                last[HeaderBytes + 60] ^= 1;
                files.Replace(names[^1], last);
                break;
            case "missing segment":
                files.Delete(names[2]);
                break;
            case "missing first segment":
                files.Delete(names[0]);
                break;
            case "two missing segments":
                files.Delete(names[2]);
                files.Delete(names[3]);
                break;
            case "truncated segment":
                files.Replace(names[2], third[..(third.Length / 2)]);
                break;
            case "empty segment":
                files.Replace(names[2], []);
                break;
            case "footer":
                third[FooterStart(third) + 40] ^= 1;
                files.Replace(names[2], third);
                break;
            case "header":
                third[50] ^= 1;
                files.Replace(names[2], third);
                break;
            case "seal":
                third[^10] ^= 1;
                files.Replace(names[2], third);
                break;
            case "padding":
                files.Replace(names[2], [.. third, 0, 0, 7, 0]);
                break;
            case "foreign segment":
                Encoding.UTF8.GetBytes("another program's").CopyTo(third, 0);
                third.AsSpan(HeaderBytes).Fill(0x5a);
                files.Replace(names[2], third);
                files.Replace("mine.segment", [1, 2, 3]);
                break;
            case "swapped segments":
                files.Replace(names[2], files.Read(names[3]));
                files.Replace(names[3], third);
                break;
            case "store file":
                byte[] store = files.Read(Stores.StoreFileName);
                store[20] ^= 1;
                files.Replace(Stores.StoreFileName, store);
                break;
            case "no store file":
                files.Delete(Stores.StoreFileName);
                break;
            case "zeroed middle":
                third.AsSpan(600, 1500).Clear();
                files.Replace(names[2], third);
                break;
            case "everything after the header":
                third.AsSpan(HeaderBytes).Clear();
                files.Replace(names[2], third);
                break;
            case "frame of another history":
                ChangeRevision(third, whole.Read(Stores.StoreFileName));
                files.Replace(names[2], third);
                break;
            default:
                throw new ArgumentException(kind, nameof(kind));
        }

        files.SyncDirectory();
        return files;
    }

    // The last append that defines names, with a revision that does not follow and a right checksum.
    private static void ChangeRevision(byte[] image, byte[] store)
    {
        int found = 0;
        for (int at = HeaderBytes; image[at + 8] != 4; at += 8 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at)))
            if (image[at + 8] == 1 && BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at + 12)) > 0) found = at;
        Span<byte> payload = image.AsSpan(found + 8, BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(found)));
        payload[24 + 4 + 1] ^= 1; // behind the part's length and a stream's code of one byte
        uint seed = Crc32C.Continue(Crc32C.Compute(store.AsSpan(16, 16)), BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(32)));
        uint checksum = Crc32C.Continue(Crc32C.Continue(Crc32C.Continue(seed, (ulong)found), (ulong)payload.Length), payload);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(found + 4), checksum);
    }

    public static int FooterStart(byte[] image)
    {
        int at = HeaderBytes;
        while (image[at + 8] != 4) at += 8 + BinaryPrimitives.ReadInt32LittleEndian(image.AsSpan(at));
        return at;
    }
}
