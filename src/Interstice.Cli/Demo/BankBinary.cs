using System.Text;
using System.Text.Json;
using Interstice.Cli.Errors;
using Interstice.Host.Modules;

namespace Interstice.Cli.Demo;

/// <summary>The bank that is in the program, under any name: a store holds each name once, and one that others use too may have a bank
/// already.</summary>
internal static class BankBinary
{
    /// <summary>Name of the file that it is built as.</summary>
    public const string Name = "bank.wasm";

    /// <summary>Name of the module in it.</summary>
    public const string Module = "bank";

    private const int HeaderBytes = 8;
    private const byte CustomSection = 0;

    private static readonly string Declared = Declaration(Module);

    /// <summary>The binary.</summary>
    /// <param name="module">Name that its schema gives it; not checked here.</param>
    /// <exception cref="CliException">It is not in this program as it should be.</exception>
    public static byte[] Read(string module)
    {
        byte[] binary = ReadResource();
        return module == Module ? binary : Rename(binary, module);
    }

    private static byte[] ReadResource()
    {
        using Stream resource = typeof(BankBinary).Assembly.GetManifestResourceStream(Name)
            ?? throw new CliException(ExitCode.Failed, $"{Name} is not in this program; build it again");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }

    // Everything but the section of the schema stays as it is.
    private static byte[] Rename(byte[] binary, string module)
    {
        using var renamed = new MemoryStream(binary.Length + module.Length);
        using var writer = new BinaryWriter(renamed);
        using var reader = new BinaryReader(new MemoryStream(binary));
        writer.Write(reader.ReadBytes(HeaderBytes));
        bool isFound = false;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            byte id = reader.ReadByte();
            byte[] section = reader.ReadBytes(reader.Read7BitEncodedInt());
            if (id == CustomSection && NameOf(section) == ModuleExports.SchemaSection)
            {
                section = Rename(section, ref isFound, module);
            }

            writer.Write(id);
            writer.Write7BitEncodedInt(section.Length);
            writer.Write(section);
        }

        if (!isFound) throw new CliException(ExitCode.Failed, $"{Name} in this program does not declare module {Module}; build it again");
        return renamed.ToArray();
    }

    private static byte[] Rename(byte[] section, ref bool isFound, string module)
    {
        string text = Encoding.UTF8.GetString(section);
        int at = text.IndexOf(Declared, StringComparison.Ordinal);
        isFound |= at >= 0;
        return at < 0 ? section : Encoding.UTF8.GetBytes(text[..at] + Declaration(module) + text[(at + Declared.Length)..]);
    }

    private static string NameOf(byte[] section)
    {
        using var reader = new BinaryReader(new MemoryStream(section), Encoding.UTF8);
        return reader.ReadString();
    }

    private static string Declaration(string module) => $"{{\"module\":{{\"name\":\"{JsonEncodedText.Encode(module)}\"";
}
