using Interstice.Wasm.Spec;

using Stream output = Console.OpenStandardOutput();
return SpecCommand.Run(args, output, Console.Error);
