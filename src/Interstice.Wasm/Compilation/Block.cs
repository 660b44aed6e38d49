using System.Reflection.Emit;
using Interstice.Wasm.Binary;

namespace Interstice.Wasm.Compilation;

/// <summary>An open block of the function being emitted.</summary>
internal sealed class Block(Opcode opcode, FunctionType type, int height)
{
    /// <summary>Block, Loop, If, or Else for the second arm of an if.</summary>
    internal Opcode Opcode { get; set; } = opcode;

    /// <summary>Parameters and results.</summary>
    internal FunctionType Type { get; } = type;

    /// <summary>Number of operands below the block's own.</summary>
    internal int Height { get; } = height;

    /// <summary>Where branches go: the header of a loop, the end of others.</summary>
    internal Label Target { get; set; }

    /// <summary>Whether <see cref="Target"/> is defined, which it is once something branches there.</summary>
    internal bool HasTarget { get; set; }

    /// <summary>What was known of addresses where the block was entered; not used for loops, where nothing joins.</summary>
    internal AddressFacts.Snapshot Known { get; set; } = new([], []);

    /// <summary>Start of the second arm of an if.</summary>
    internal Label ElseTarget { get; set; }

    /// <summary>Parameters of a loop or an if.</summary>
    internal LocalSlot[] Parameters { get; set; } = [];

    /// <summary>Results; made when something first branches to the end.</summary>
    internal LocalSlot[]? Results { get; set; }
}
