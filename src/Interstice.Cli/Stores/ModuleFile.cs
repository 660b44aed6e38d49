using Interstice.Cli.Errors;
using Interstice.Host.Modules;
using Interstice.Kernel.Schema;
using Interstice.ManagedEngine;

namespace Interstice.Cli.Stores;

/// <summary>A module binary in a file.</summary>
internal static class ModuleFile
{
    private static ReadOnlySpan<byte> Magic => "\0asm"u8;

    /// <summary>Refuses early what is no WebAssembly binary at all.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static void Check(string path, ReadOnlySpan<byte> binary)
    {
        if (binary.StartsWith(Magic)) return;
        string found = binary.IsEmpty ? "is empty" : "does not begin with the bytes 00 61 73 6d";
        throw new CliException(
            ExitCode.Failed,
            $"{path} is no WebAssembly module: it {found}; name the .wasm file that the guest SDK built");
    }

    /// <summary>Reads the declarations of a binary. Nothing is executed.</summary>
    /// <exception cref="CliException">It is no module.</exception>
    public static ModuleSchema ReadSchema(string path, byte[] binary)
    {
        Check(path, binary);
        try
        {
            using IModuleCode code = new ManagedModuleEngine().Load(binary);
            byte[] section = code.ReadCustomSections(ModuleExports.SchemaSection);
            if (section.Length == 0)
            {
                throw new CliException(
                    ExitCode.Failed,
                    $"{path} has no custom section \"{ModuleExports.SchemaSection}\", so it is no Interstice module; " +
                    "build it with a guest SDK");
            }

            return ModuleSchema.Parse(section);
        }
        catch (Exception fault) when (fault is ModuleRefusedException or SchemaException)
        {
            throw new CliException(ExitCode.Failed, $"{path}: {fault.Message}", fault);
        }
    }
}
